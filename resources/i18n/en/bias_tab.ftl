# The Bias tab.
biastab-empty-title = Is the data fair enough to train on?
biastab-empty = Choose a table, a file or an s3:// address on the left. A label and the groups to examine are suggested; then press Measure.
biastab-ready-title = Ready to measure
biastab-ready = Look over the label and the groups on the left, then press Measure.

biastab-source = Source
biastab-source-none = Choose a table
biastab-source-file = A file…
biastab-source-result = The query’s result
biastab-source-address = An object or prefix as s3:// address, then Enter
biastab-source-address-wrong = This is no s3:// address. It looks like s3://bucket/prefix/.
biastab-source-reading = Reading the columns…
biastab-source-size = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $columns ->
    [one] { $columns } column
   *[other] { $columns } columns
}

biastab-choose = Choose a column
biastab-none = none
biastab-label = Label
biastab-positive = Positive
biastab-positive-hint = The outcome that is good for the people or things in the rows
biastab-positive-values = Values
biastab-positive-above = Above a number
biastab-more-values = Rarer values are not listed.
biastab-facets = Groups to examine
biastab-facets-hint = Each group (d) is compared with everyone else (a)
biastab-facet = Facet
biastab-facet-number = Facet { $number }
biastab-facet-add = Facet
biastab-facet-remove = Remove { $column }
biastab-examine = Values of { $column }
biastab-examine-each = each of { $values } values
biastab-examine-each-more = each value
biastab-examine-together = some values together
biastab-examine-above = above a number
biastab-examine-bins = between edges
biastab-group = Within
biastab-group-hint = A group variable: CDDL compares only within its groups
biastab-predicted = Predicted label
biastab-predicted-hint = A model’s predictions: adds the post-training metrics
biastab-mode = Arithmetic
biastab-mode-exact = Exact
biastab-mode-clarify = Clarify
biastab-mode-exact-hint = The definitions, over all label values, with intervals.
biastab-mode-clarify-hint = The same numbers as SageMaker Clarify 0.5, its edge cases included.

biastab-measure = Measure
biastab-measure-hint = Ctrl+Enter
biastab-measuring = Measuring…
biastab-stale = The form has changed since.
biastab-need-source = Choose a source first: a table, a file, an s3:// address or a query’s result.
biastab-need-label = Choose the label column.
biastab-need-positive = Tick at least one positive value of { $column }.
biastab-need-threshold = Write the number above which values of { $column } count.
biastab-need-facet = Add a group to examine.
biastab-need-values = Tick the values of { $column } that make the group.
biastab-need-edges = Write rising numbers for the edges of { $column }, such as 25, 40, 60.
biastab-need-seed = The seed is a whole number, such as 42.
biastab-need-table = Write the new table’s name as database.table.

biastab-findings = Findings
biastab-findings-of = { $source } · { $rows } rows · { $label } = { $positive }
biastab-findings-none = Nothing is beyond the limits.

biastab-view-imbalance = Imbalance
biastab-view-labels = Labels
biastab-view-metrics = Metrics
biastab-view-heat-map = Heat map
biastab-view-compare = Compare
biastab-metric = Metric
biastab-metrics-table = All metrics
biastab-filter = Find a value
biastab-mark-fail = beyond the limit
biastab-mark-warn = worth a look
biastab-mark-chance = can’t be told from chance
biastab-equal-ci = { $groups } groups of equal size would each have CI { $value }
biastab-equal-ci-hint = CI compares a group with all others together, so it is far from 0 even for balanced data with many groups.
biastab-export-html = Report as HTML
biastab-export-pdf = Report as PDF
biastab-export-clarify = Python program for smclarify and SageMaker Clarify
biastab-export-wrangler = Python program for awswrangler
biastab-export-config = analysis_config.json, for Clarify
biastab-export-analysis = analysis.json, as Clarify writes it
biastab-export-all = Everything into a folder

biastab-meaning-close = Close the meaning
biastab-interval = { $confidence } interval: { $low } to { $high }
biastab-chance = This difference can’t be told from chance: the interval includes no difference.
biastab-beyond-fail = Beyond what is commonly accepted.
biastab-beyond-warn = Worth a look.
biastab-formula = Formula
biastab-rows-behind = Rows behind it
biastab-examined = examined (d)
biastab-rows = rows
biastab-rows-positive = positive labels
biastab-true-positive = true positives
biastab-false-positive = false positives
biastab-true-negative = true negatives
biastab-false-negative = false negatives
biastab-groups = Within the groups
biastab-group-line = { $group }: { $disparity } ({ $rows } rows)
biastab-group-all = Without the groups: { $disparity }
biastab-clarify-value = Clarify reports { $value }.
biastab-clarify-error = Clarify reports an error: { $error }
biastab-clarify-nothing = Clarify reports nothing here.
biastab-clarify-same = Clarify reports the same value.

biastab-before = Before
biastab-after = After
biastab-run = { $number }. { $source } · { $rows } rows
biastab-run-balanced = { $number }. { $source }, balanced · { $rows } rows
biastab-compare-changes = Changes
biastab-compare-empty-title = One measurement so far
biastab-compare-empty = Measure something else, or down-sample this data: two measurements then stand side by side.
biastab-compare-nothing = The two measurements share no facet.
biastab-copy-statement = Copy the statement

biastab-rebalance = Balance
biastab-rebalance-hint = Down-sample every group and label to the smallest cell, and measure again
biastab-rebalance-title = Down-sample to the smallest cell
biastab-rebalance-plan = Keeps { $each } rows of each of { $cells } cells: { $kept } of { $rows } rows.
biastab-rebalance-smallest = The smallest cell is { $value } with { $label } = { $class }: { $rows } rows.
biastab-rebalance-missing = { $cells } combinations have no row at all and can’t be balanced: { $some }.
biastab-rebalance-left-out = { $rows } rows without a value in the facet or the label are left out.
biastab-rebalance-impossible = There is nothing to balance here.
biastab-rebalance-seed = Seed
biastab-rebalance-seed-hint = The same seed chooses the same rows
biastab-rebalance-table = A new table
biastab-rebalance-file = A new CSV file
biastab-rebalance-name = Name of the new table
biastab-rebalance-waiting = Choosing rows…
biastab-rebalance-go = Keep { $rows } rows
