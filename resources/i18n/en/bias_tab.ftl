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
biastab-more = How it is measured
biastab-summary-confidence = { $confidence } intervals
biastab-summary-corrected = corrected for many groups
biastab-reference = Compared with
biastab-reference-hint = The others (a) that each group (d) is measured against
biastab-reference-everyone = everyone else
biastab-reference-largest = the largest group
biastab-reference-named = only { $name }
biastab-nulls = Rows without a value
biastab-nulls-hint = Rows that are empty in a facet, the label, the prediction or the group variable
biastab-nulls-keep = A group of their own
biastab-nulls-leave = Left out
biastab-confidence = Confidence of the intervals
biastab-confidence-hint = How often an interval holds the true value, if the data were drawn again and again
biastab-correction = Stricter where there are many groups
biastab-correction-hint = Bonferroni: all intervals of a facet together have the confidence, so that one group in twenty is not marked by chance alone
biastab-cross = Cross with…
biastab-cross-hint = Examine every combination with another column, such as women over 60
biastab-crossed-hint = Every combination of these columns is a group.
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
biastab-need-reference = { $name } can’t be compared with here: choose everyone else, the largest group, or a value of the one facet.
biastab-need-time = Choose a column of dates or timestamps.
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
biastab-view-groups = Within groups
biastab-view-trend = Over time
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
biastab-rebalance-hint = Make every group and label count the same, and measure again
biastab-rebalance-title = Balance groups and labels
biastab-rebalance-down = Leave rows out
biastab-rebalance-over = Repeat rows
biastab-rebalance-weights = Add weights
biastab-rebalance-down-about = Down-sampling: every cell keeps as many rows as the smallest one. Nothing is invented, much is lost.
biastab-rebalance-over-about = Over-sampling: rows of small cells are written again until each has as many as the largest. Nothing is lost; a model may learn the copies by heart.
biastab-rebalance-weights-about = Every row stays and gets a column “weight” that makes all cells count the same. For training that takes sample weights. The figures afterwards have no intervals: the weights are made from these very rows.
biastab-rebalance-by = Cells by
biastab-rebalance-plan = Keeps { $each } rows of each of { $cells } cells: { $kept } of { $rows } rows.
biastab-rebalance-plan-over = Fills each of { $cells } cells up to { $each } rows: { $kept } in the place of { $rows } rows.
biastab-rebalance-plan-weights = All { $rows } rows stay; the weights of the { $cells } cells go from { $low } to { $high }.
biastab-rebalance-smallest = The smallest cell is { $value } with { $label } = { $class }: { $rows } rows.
biastab-rebalance-missing = { $cells } combinations have no row at all and can’t be balanced: { $some }.
biastab-rebalance-left-out = { $rows } rows without a value in the facet or the label are left out.
biastab-rebalance-impossible = There is nothing to balance here.
biastab-rebalance-seed = Seed
biastab-rebalance-seed-hint = The same seed chooses the same rows
biastab-rebalance-table = A new table
biastab-rebalance-file = A new file
biastab-rebalance-name = Name of the new table
biastab-rebalance-waiting = Choosing rows…
biastab-rebalance-go = Keep { $rows } rows
biastab-rebalance-write = Write { $rows } rows
biastab-rebalance-show = Show the statement
biastab-rebalance-statement = The statement that will be run

biastab-limits = Limits…
biastab-limits-title = Limits
biastab-limits-about = From these values on a figure is worth a look, or beyond the limit. They are kept for all your data.
biastab-limits-metric = Metric
biastab-limits-default = usually
biastab-limits-reset = Back to the usual limits
biastab-limits-ci = The share that a group’s rows make of an equal share: below it, or above its inverse
biastab-limits-di = The smallest ratio; its inverse counts as well. 0.8 is the four-fifths rule
biastab-limits-gap = The distance from no difference, in either direction

biastab-groups-empty-title = No group variable
biastab-groups-empty = Choose a column under “Within” on the left and measure again: the disparity is then shown within each of its groups.
biastab-groups-value = Group examined
biastab-groups-turned = turns around
biastab-groups-paradox = Simpson’s paradox: within the groups of { $group }, the disparity of { $values } goes the other way than over all rows.

biastab-trend-time = By time
biastab-trend-runs = By measurement
biastab-trend-column = Time column
biastab-trend-bucket = Bucket
biastab-trend-measure = Measure over time
biastab-trend-values = Groups shown
biastab-trend-widest = the widest gaps
biastab-trend-empty-title = How has it changed?
biastab-trend-empty = Choose a column of dates or timestamps and the length of a bucket; every bucket is then measured like the whole.
biastab-trend-runs-empty = Measure several snapshots of the data with the same facet: their figures then become one line.
biastab-trend-unmeasured = { $buckets ->
    [one] One bucket could not be measured, { $first }: { $why }
   *[other] { $buckets } buckets could not be measured, the first { $first }: { $why }
}
biastab-trend-without = { $rows ->
    [one] One row has no value in { $column } and is in no bucket.
   *[other] { $rows } rows have no value in { $column } and are in no bucket.
}
biastab-bucket-day = Day
biastab-bucket-week = Week
biastab-bucket-month = Month
biastab-bucket-quarter = Quarter
biastab-bucket-year = Year

biastab-flip = Flip test (reads rows)
biastab-flip-hint = Compares each row with its nearest neighbours in the other groups. It reads up to 5,000 rows with all their columns; every other metric needs counts only.
biastab-flip-all = Tried on all { $of } rows.
biastab-flip-some = Tried on { $rows } of { $of } rows, drawn by seed.
biastab-flip-exact = Above 0, this group is predicted worse than its nearest neighbours among the others: the sign of Clarify’s documentation. Clarify’s code has the opposite sign.
biastab-flip-clarify = Below 0, this group is predicted worse than its nearest neighbours among the others: the sign of Clarify’s code. Its documentation has the opposite sign.

biastab-quality = Data quality
biastab-quality-hint = Duplicates, missing values, constants, outliers, and columns that give the label away
biastab-quality-title = Data quality
biastab-quality-close = Back to the measurement
biastab-quality-waiting = Looking at every row…
biastab-quality-about = { $source } · { $rows } rows · { $columns } columns · { $duplicates } repeated rows
biastab-quality-none = Nothing here needs a look.
biastab-quality-rows = show rows
biastab-quality-all = { $shown ->
    [one] The row
   *[other] All { $shown } rows
}
biastab-quality-some = { $shown } of { $rows } rows
biastab-quality-row = Row
biastab-quality-columns = Columns
biastab-quality-column = Column
biastab-quality-type = Type
biastab-quality-nulls = Without a value
biastab-quality-distinct = Different values
biastab-quality-outliers = Outliers
biastab-quality-power = Tells the label
biastab-quality-power-hint = How well this column alone tells positive from other labels, by five-fold cross-validation: 0.5 is chance, 1 gives the label away
biastab-copy-statements = Copy the statements
