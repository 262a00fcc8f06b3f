# The charts of a measurement.
report-chart-footer = { $source } · { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
report-chart-rows = rows
report-chart-share = share of the rows
report-chart-rest = { $values } others
report-chart-equal-share = equal share { $rows }
report-chart-equal-ci = equal groups { $value }
report-chart-imbalance-title = { $value } has { $rows } of { $all } rows
report-chart-imbalance-even = All { $values } values of { $facet } have { $rows } rows each
report-chart-imbalance-subtitle = Rows by { $facet }
report-chart-imbalance-note = { $share } of the rows, { $times } times an equal share
report-chart-label = { $label } = { $value }
report-chart-labels-title = { $share } of { $most } are positive, { $other } of { $fewest }
report-chart-labels-subtitle = Shares of { $label } by { $facet }
report-chart-metric-title = { $beyond } of { $all } values are beyond the limits of { $metric }
report-chart-metric-subtitle = { $name } of { $label } by { $facet }, with intervals
report-chart-band-good = within the limits
report-chart-band-bad = beyond
report-chart-doubtful = can’t be told from chance
report-chart-heat-title = { $metrics } metrics of { $values } values of { $facet }
report-chart-heat-subtitle = Bias in { $label }; colours are full at each column’s largest value
report-chart-heat-low = favoured
report-chart-heat-high = disadvantaged
report-chart-trend-title = { $metric } of { $value } went from { $from } to { $to }
report-chart-trend-plain = { $metric } by { $facet }
report-chart-trend-subtitle = { $name } by { $facet } along { $column }, with intervals
report-chart-runs-subtitle = { $name } by { $facet } in several measurements, with intervals
report-chart-before = before
report-chart-after = after
report-chart-change-subtitle = { $name } by { $facet } before and after, with intervals
report-chart-change-footer = { $source } · { $before } rows before, { $after } after
report-chart-group-title = Disparity of { $value }: { $overall } over all rows, { $within } within the groups of { $group }
report-chart-group-plain = Disparity of { $value } within the groups of { $group }
report-chart-group-subtitle = { $facet } = { $value }: its share of unfavourable outcomes less its share of favourable ones
report-chart-group-axis = disparity (above 0: worse)
report-chart-group-overall = all rows { $value }
report-chart-group-within = within groups { $value }
report-chart-group-note = { $examined } of { $rows } rows are { $value }
report-chart-simpson-worse = Simpson’s paradox: { $value } looks worse over all rows, but better within the groups of { $group }
report-chart-simpson-better = Simpson’s paradox: { $value } looks better over all rows, but worse within the groups of { $group }
