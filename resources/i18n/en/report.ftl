# The report for people: its frame.
report-title = Bias report: { $source }
report-subtitle = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
} · positive label: { $label } = { $positive }
report-contents = Contents
report-page = Page { $page } of { $pages }
report-findings = Findings
report-question = What was measured
report-classes = Label classes
report-facet = By { $facet }
report-limits = Limits
report-method = How to read this
report-cannot = What these figures cannot tell
report-glossary = The metrics by name

# The result in numbers
report-tile-groups = groups examined
report-tile-fail = figures beyond the limit
report-tile-warn = figures worth a look
report-tile-chance = beyond, but within chance
report-tile-pass = figures within the limits
report-findings-none = No figure is beyond its limit and can be told from chance.
report-findings-more = { $more ->
    [one] One more figure is beyond its limit; the tables below have it.
   *[other] { $more } more figures are beyond their limits; the tables below have all of them.
}

# The question
report-source = Source
report-rows = Rows
report-label = Label
report-label-is = { $label }; positive: { $positive }
report-predicted = Predicted label
report-facets = Facets
report-facet-each = { $values ->
    [one] { $facet }: its one value
   *[other] { $facet }: each of { $values } values by itself
}
report-facet-crossed = { $facet }: each of { $values } combinations
report-facet-together = { $facet }: chosen values together
report-facet-threshold = { $facet }: the rows above a threshold
report-facet-bins = { $facet }: { $values } bins
report-group = Group variable
report-against = Compared with
report-against-others = everyone else
report-against-largest = the largest group
report-rules = Arithmetic
report-rules-exact = exact: the definitions, over all label values
report-rules-clarify = as SageMaker Clarify computes (smclarify 0.5)
report-nulls = Missing values
report-nulls-keep = kept as a group of their own
report-nulls-leave = left out
report-confidence = Confidence
report-confidence-each = { $confidence } for each interval
report-confidence-corrected = { $confidence } for all intervals of a facet together (Bonferroni)
report-day = Date
report-sql = The statement that counted the rows; nothing but its counts was transferred.

# Classes and facets
report-balance-classes = The classes of { $label } reach { $entropy } of the evenness of equal sizes; the largest has { $ratio } times the rows of the smallest.
report-class = Class
report-class-positive = Positive
report-share = Share
report-yes = yes
report-classes-more = { $more } more classes are not listed.
report-balance-facet = The { $groups } groups reach { $entropy } of the evenness of equal sizes; the largest has { $ratio } times the rows of the smallest.
report-equal-ci = CI compares a group with all others together. If all { $groups } groups were of one size, each would have CI { $value }, so judge CI against that and not against 0.
report-order-sorted = The values are sorted: the source has no order of rows.
report-groups = Within { $group }
report-groups-note = Demographic disparity: the part of the examined group among unfavourable outcomes less its part among favourable ones. Above 0, the group has the worse of it there.
report-group-value = Group
report-group-examined = Rows examined
report-group-labels = Disparity of labels
report-group-predictions = Disparity of predictions
report-group-overall = without the groups: { $disparity }

# The table of metrics
report-metrics-of = All metrics by { $facet }
report-metric = Metric
report-figure = Figure
report-interval = Interval
report-interval-is = { $low } to { $high }
report-behind = Rows behind it
report-mark = Judgement
report-meaning = What it means
report-mark-pass = pass
report-mark-warn = warn
report-mark-fail = fail
report-mark-chance = chance
report-mark-none = no value
report-value-about = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $positive } with a positive label
report-value-reference = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $positive } with a positive label; the others are compared with this group
report-values-more = { $more } smaller groups are not listed here; analysis.json has all of them. At most { $shown } are listed.
report-clarify-value = Clarify reports { $value }.
report-clarify-error = Clarify reports an error: { $error }.
report-clarify-nothing = Clarify reports nothing here.

# The limits
report-limits-note = A figure beyond the first limit is worth a look, one beyond the second fails. One beyond a limit whose interval includes “no difference” counts as chance. CI is judged by the group’s size against an equal share, and DI by the four-fifths rule and its inverse.
report-limit-warn = Warns
report-limit-fail = Fails
report-limit-ci = below { $share } or above { $inverse } times an equal share
report-limit-di = below { $value } or above { $inverse }
report-limit-signed = beyond ±{ $value }
report-limit-above = above { $value }

# The method
report-note-counts = Every figure follows from counts of all rows by facet, label, prediction and group. No sample was taken.
report-note-exact = The figures follow the mathematical definitions; divergences compare the whole distribution of the labels.
report-note-clarify = The figures follow smclarify 0.5 to the letter: labels are collapsed to positive and not positive before every metric, and its rules for types and missing values apply.
report-note-sides = The group examined is d, those it is compared with are a. “Rows behind it” gives d / a; for rates of predictions it counts only the rows that the rate divides by.
report-note-intervals = Intervals cover the true value in { $confidence } of cases: Wilson’s for CI, Newcombe’s for differences of two proportions, and for the others { $draws } resamples of the counts (seed { $seed }).
report-note-newcombe = Intervals cover the true value in { $confidence } of cases: Wilson’s for CI and Newcombe’s for differences of two proportions. The others were not resampled.
report-note-chance = “Chance” marks a figure beyond its limit that data without any difference would show as well. It does not mean that there is no difference.
report-note-uncorrected = { $values } groups were compared without a correction: about { $chance } of comparisons stand out although there is nothing.
report-note-bonferroni = The intervals were widened for the number of groups (Bonferroni), so that all of them hold together.
report-note-nulls-keep = A missing facet value is a group of its own, and a missing label counts as not positive.
report-note-nulls-leave = Rows with a missing value were left out where it was needed.
report-note-differs = Where Clarify would report something else, the table says what and why.
report-cannot-cause = A difference is no proof of unfair treatment, and no difference is no proof of fairness: causes are not in counts.
report-cannot-labels = The labels are taken as they are. If they were given with a bias, a model that agrees with them has it too.
report-cannot-absent = Only the rows that are there were counted; who is missing from the data is missing here.
report-cannot-small = A small group has wide intervals. Not seeing a difference in it does not mean that there is none.
report-cannot-all = The metrics contradict one another by definition when groups differ in their labels; which of them matters is a decision, not a calculation.

# The metrics by name
report-long-name = Name
report-range = Range
report-reading = Reading
report-read-ci = Above 0: d has fewer rows than a.
report-read-dpl = Above 0: d has fewer positive labels.
report-read-kl = 0: the same labels; grows without limit.
report-read-js = 0: the same labels; 0.693: nothing in common.
report-read-lp = 0: the same labels; 1.414: nothing in common.
report-read-tvd = The part of the rows that would need another label.
report-read-ks = The largest gap at any one label.
report-read-cddl = Above 0: within groups, d has the worse labels.
report-read-dppl = Above 0: d is predicted positive less often.
report-read-di = 1: as often; below 0.8 breaks the four-fifths rule.
report-read-dca = Above 0: a has more positive labels for each positive prediction.
report-read-dcr = Above 0: d has more negative labels for each negative prediction.
report-read-sd = Above 0: true negatives are recognised more often in d.
report-read-rd = Above 0: true positives are found less often in d.
report-read-dar = Above 0: positive predictions are right less often in d.
report-read-drr = Above 0: negative predictions are right more often in d.
report-read-ad = Above 0: predictions are right less often in d.
report-read-te = Above 0: d has more missed positives for each false positive.
report-read-cddpl = Above 0: within groups, d has the worse predictions.
report-read-ft = Below 0: d is predicted positive less often than its neighbours in a.
report-read-ge = 0: predictions give everyone what the labels do.
