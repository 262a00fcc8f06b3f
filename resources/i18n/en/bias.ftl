# Metric names
bias-metric-ci = Class imbalance
bias-metric-dpl = Difference in proportions of labels
bias-metric-kl = Kullback–Leibler divergence
bias-metric-js = Jensen–Shannon divergence
bias-metric-lp = L-p norm
bias-metric-tvd = Total variation distance
bias-metric-ks = Kolmogorov–Smirnov distance
bias-metric-cddl = Conditional demographic disparity in labels
bias-metric-dppl = Difference in positive proportions in predicted labels
bias-metric-di = Disparate impact
bias-metric-dca = Difference in conditional acceptance
bias-metric-dcr = Difference in conditional rejection
bias-metric-sd = Specificity difference
bias-metric-rd = Recall difference
bias-metric-dar = Difference in acceptance rates
bias-metric-drr = Difference in rejection rates
bias-metric-ad = Accuracy difference
bias-metric-te = Treatment equality
bias-metric-cddpl = Conditional demographic disparity in predicted labels
bias-metric-ft = Flip test
bias-metric-ge = Generalized entropy

# Facet values and label classes
bias-slice-null = (no value)
bias-slice-empty = (empty text)
bias-slice-between = above { $above } up to { $upto }
bias-slice-above = above { $above }
bias-slice-upto = up to { $upto }
bias-everyone-else = everyone else
bias-class-positive = positive

# What a metric means for one facet value
bias-meaning-ci-under = { $value } is under-represented: { $rows } of { $total } rows ({ $share }); groups of equal size would have { $equal } each.
bias-meaning-ci-over = { $value } is over-represented: { $rows } of { $total } rows ({ $share }); groups of equal size would have { $equal } each.
bias-meaning-ci-even = { $value } has about its equal share: { $rows } of { $total } rows ({ $share }); groups of equal size would have { $equal } each.
bias-meaning-dpl-fewer = { $value } gets fewer positive labels: { $share } against { $other } for { $others }.
bias-meaning-dpl-more = { $value } gets more positive labels: { $share } against { $other } for { $others }.
bias-meaning-dpl-same = { $value } gets positive labels as often as { $others }: { $share }.
bias-meaning-alike = The labels of { $value } are distributed like those of { $others }.
bias-meaning-kl = The labels of { $value } diverge from those of { $others } by { $metric } nats; the widest gap is at the label { $class }: { $share } against { $other }.
bias-meaning-kl-infinite = The label { $class } occurs among { $others } but never in { $value }, so the divergence is infinite.
bias-meaning-js = The labels of { $value } and of { $others } are { $part } as different as two distributions can be; the widest gap is at the label { $class }: { $share } against { $other }.
bias-meaning-lp = The label shares of { $value } and of { $others } lie { $metric } apart, on a scale from 0 (alike) to 1.414; the widest gap is at the label { $class }: { $share } against { $other }.
bias-meaning-tvd = { $part } of the rows of { $value }, about { $count } of { $rows }, would need another label to match { $others }.
bias-meaning-ks = The widest gap between { $value } and { $others } is at the label { $class }: { $share } against { $other }.
bias-meaning-cddl-worse = Within the groups of { $group }, { $value } has a larger part in the labels that are not positive than in the positive ones, by { $points } percentage points on average.
bias-meaning-cddl-better = Within the groups of { $group }, { $value } has a smaller part in the labels that are not positive than in the positive ones, by { $points } percentage points on average.
bias-meaning-cddl-same = Within the groups of { $group }, { $value } has the same part in positive labels as in the others.
bias-meaning-dppl-fewer = { $value } is predicted positive less often: { $share } against { $other } for { $others }.
bias-meaning-dppl-more = { $value } is predicted positive more often: { $share } against { $other } for { $others }.
bias-meaning-dppl-same = { $value } is predicted positive as often as { $others }: { $share }.
bias-meaning-di = { $value } is predicted positive { $ratio } times as often as { $others }: { $share } against { $other }.
bias-meaning-di-infinite = Nobody among { $others } is predicted positive, but { $share } of { $value } is.
bias-meaning-dca = For every positive prediction there are { $ours } positive labels in { $value } and { $theirs } among { $others }.
bias-meaning-dcr = For every prediction that is not positive there are { $ours } such labels in { $value } and { $theirs } among { $others }.
bias-meaning-sd = Of the rows that are truly not positive, the model recognises { $share } in { $value } and { $other } among { $others }.
bias-meaning-rd = Of the truly positive rows, the model finds { $share } in { $value } and { $other } among { $others }.
bias-meaning-dar = When the model says positive, it is right { $share } of the time for { $value } and { $other } for { $others }.
bias-meaning-drr = When the model says not positive, it is right { $share } of the time for { $value } and { $other } for { $others }.
bias-meaning-ad = The model is right { $share } of the time for { $value } and { $other } for { $others }.
bias-meaning-te = For every wrongly positive prediction there are { $ours } missed positives in { $value } and { $theirs } among { $others }.
bias-meaning-cddpl-worse = Within the groups of { $group }, { $value } has a larger part in the predictions that are not positive than in the positive ones, by { $points } percentage points on average.
bias-meaning-cddpl-better = Within the groups of { $group }, { $value } has a smaller part in the predictions that are not positive than in the positive ones, by { $points } percentage points on average.
bias-meaning-cddpl-same = Within the groups of { $group }, { $value } has the same part in positive predictions as in the others.
bias-meaning-ft-fewer = On balance, { $share } of { $value } would be predicted positive if treated like their nearest neighbours among { $others }.
bias-meaning-ft-more = On balance, { $share } of { $value } are predicted positive although their nearest neighbours among { $others } are not.
bias-meaning-ft-same = On balance, { $value } is predicted like its nearest neighbours among { $others }.
bias-meaning-ge = Over all { $rows } predictions, { $high } give more than the label and { $low } give less.

# Why a metric has no value
bias-undefined-facet-empty = No row has this facet value.
bias-undefined-rest-empty = There are no other rows to compare with.
bias-undefined-no-common-label = No label occurs on both sides.
bias-undefined-no-group-variable = Choose a group variable to get this metric.
bias-undefined-group-nulls = The group variable has rows without a value, which Clarify cannot sort among texts.
bias-undefined-group-order = The group variable has rows without a value among booleans; Clarify’s figure then depends on the order of the rows.
bias-undefined-no-positives = No row is positive.
bias-undefined-no-negatives = Every row is positive.
bias-undefined-no-comparable-group = No group has both positive rows and others.
bias-undefined-nobody-predicted-positive = Nobody is predicted positive, so there is no ratio.
bias-undefined-none-examined = The examined group has no { $base }, so there is no rate to compare.
bias-undefined-none-others = The other rows have no { $base }, so there is no rate to compare.
bias-undefined-both-infinite = Both rates are infinite, so their difference has no value.
bias-undefined-only-false-negatives = Every prediction is a missed positive.
bias-undefined-no-predictions = There are no predictions.
bias-undefined-flip-numbers = Clarify’s flip test takes numbers only, and some other column holds texts.
bias-undefined-flip-values = Clarify’s flip test takes no rows without a value.
bias-undefined-flip-features = No other column is left to find neighbours by.
bias-undefined-flip-not-drawn = No row of this facet value was among those drawn for the flip test.
bias-base-positive-labels = positive labels
bias-base-negative-labels = labels that are not positive
bias-base-positive-predictions = positive predictions
bias-base-negative-predictions = predictions that are not positive
bias-base-errors = wrong predictions

# Where Clarify differs
bias-differs-nulls = Clarify counts rows without a value differently: it takes a missing label for a negative one and finds no row for a missing facet value.
bias-differs-types = Clarify takes this column's type for another one, and its positive values or facet values with it.
bias-differs-group-nulls = Clarify fails on a group variable with missing texts.
bias-differs-empty-side = Clarify gives no class imbalance when one side is empty.
bias-differs-collapsed = Clarify first collapses all labels to positive and not positive; this value compares all classes.
bias-differs-truncated = Clarify drops labels that occur on one side only from the sum.
bias-differs-one-sided-groups = Clarify counts a group that has only one kind of outcome as if the missing share were zero; here such groups are left out.
bias-differs-zero-by-zero = Clarify sets zero divided by zero, and infinity minus infinity, to zero.

bias-differs-flip-test = Clarify’s code gives the flip test the opposite sign of its documentation, compares numbers as they are, and fails on texts.

# Remarks about the whole
bias-remark-one-value = { $facet } has one value only: there is nothing to compare.
bias-remark-chance = { $facet }: { $chance } of { $all } differences in labels can't be told from chance.
bias-remark-chance-predicted = { $facet }: { $chance } of { $all } differences in predictions can't be told from chance.
bias-remark-simpson-worse = { $value } looks worse over all rows (by { $overall } points) but better within the groups of { $group } (by { $within } points): Simpson's paradox.
bias-remark-simpson-better = { $value } looks better over all rows (by { $overall } points) but worse within the groups of { $group } (by { $within } points): Simpson's paradox.
bias-remark-left-out = { $facet }: { $facets } rows without a facet value and { $labels } without a label were left out.
bias-remark-clarify = { $facet }: no Clarify figures to compare with. { $why }

# Why a question can't be answered, and what to choose instead
bias-error-no-facet = No facet is chosen.
bias-error-no-column = There is no column { $column } in the data.
bias-error-label-is-facet = The column { $column } is both label and facet.
bias-error-no-rows = The data has no rows.
bias-error-all-null = The column { $column } has no value in any row.
bias-error-no-positive = No positive label is chosen.
bias-error-positive-missing = No label in { $column } equals { $wanted }.
bias-error-predictions-unlike = The predictions in { $column } ({ $present }) have no value in common with the labels.
bias-error-facet-value-missing = No row has { $wanted } in { $column }.
bias-error-not-a-number = “{ $value }” in { $column } is no number, so it can't be compared with a threshold.
bias-error-bad-bins = The edges of the bins of { $column } must be numbers that rise.
bias-error-too-many-values = { $column } has { $values } values; at most { $limit } can be examined.
bias-error-too-many-classes = The label { $column } has { $values } different values; at most { $limit } can be classes.
bias-error-reference-missing = { $column } has no value { $wanted } to compare with.
bias-error-too-many-buckets = { $column } falls into { $buckets } buckets of time; at most { $limit } are shown.
bias-error-bad-confidence = The confidence must lie between 0 and 100%.
bias-error-intersection = The intersection { $columns } always takes every combination of values.
bias-error-beyond-clarify = Clarify knows no intersections, no bins and no reference group.
bias-error-clarify-fails = Clarify's job would fail: { $words }
bias-hint-no-facet = Choose a column whose groups you want to compare.
bias-hint-no-column = Choose one of the columns that are there; it may have been renamed or removed.
bias-hint-label-is-facet = Choose another column as the facet: a group can't be compared on what defines it.
bias-hint-all-null = Choose a column that has values.
bias-hint-no-positive = Choose the label values that are good to have, or a threshold.
bias-hint-present = The values there are: { $present }.
bias-hint-predictions-unlike = Choose the column that has the model's labels, written like the label itself; for probabilities, choose a threshold.
bias-hint-not-a-number = Choose values instead of a threshold, or convert the column to numbers.
bias-hint-too-many-values = Choose a few values, bins if they are numbers, or a column with fewer values.
bias-hint-too-many-classes = Choose a threshold, so that labels above it are positive.
bias-hint-too-many-buckets = Choose a longer bucket: weeks, months, quarters or years.
bias-hint-no-rows = Choose a source that has rows, or look at the query that gives them.
bias-hint-bad-bins = Write them smallest first, with commas between, such as 25, 40, 60.
bias-hint-reference-missing = Choose everyone else, the largest group, or a value that occurs.
bias-hint-intersection = Examine each combination, or the column by itself to choose among its values.
bias-hint-bad-confidence = Choose 90, 95 or 99%.
bias-hint-exact-mode = Use the exact mode, which can measure this.

# Rules and gates
bias-rule-bad = “{ $rule }” is no rule. Write it like |DPL|>0.1 or DI<0.8.
bias-rule-metric = “{ $rule }” names the metric { $metric }, which does not exist.
bias-gate-broken = { $value } in { $facet } breaks { $rule }: { $metric } is { $found }.

# Clarify's configuration
bias-config-not-json = The configuration is not JSON (line { $line }, column { $column }): { $words }
bias-config-unknown-field = The configuration has a field Clarify does not know: { $field } (line { $line }, column { $column }).
bias-config-missing-field = The configuration lacks the field { $field }.
bias-config-wrong-value = The configuration has a wrong value (line { $line }, column { $column }): { $words }
bias-config-index-without-headers = The configuration names column { $index } by its place, but lists no headers.
bias-config-index-out-of-range = The configuration names column { $index }, counted from 0, but lists only { $headers } headers.
bias-config-no-predictions = The configuration asks for post-training metrics but names no predicted label.
bias-config-no-metrics = The configuration asks for no bias metrics.
bias-config-misplaced-metric = The configuration lists { $metric } at the wrong stage: pre-training metrics describe the labels, post-training metrics the predictions.
bias-config-beyond-clarify = Clarify's configuration has no words for the facet { $facet }: it knows neither intersections nor bins.

# Data quality
bias-quality-hardly = under 0.1%
bias-quality-duplicates = { $rows } rows ({ $share }) repeat another row in every column; a model would learn them twice.
bias-quality-nulls = { $column } has no value in { $rows } rows ({ $share }).
bias-quality-constant = { $column } is always { $value }: it tells nothing.
bias-quality-label-constant = The label { $column } is always { $value }: nothing can be learnt from it.
bias-quality-nearly-constant = { $column } is { $value } in { $share } of the rows.
bias-quality-identifier = { $column } is different in nearly every row: an identifier or free text, no feature.
bias-quality-outliers = { $rows } rows of { $column } lie far from all others, outside { $low } to { $high }.
bias-quality-leaks = { $column } alone gives { $label } away (AUC { $auc }): it may be known only after the outcome.
bias-quality-strong = { $column } alone tells { $label } very well (AUC { $auc }): make sure that it is known before the outcome.
