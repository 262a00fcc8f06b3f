# What is said in and about charts. Titles say what is seen, subtitles what is measured, footers where it comes from.

chart-footer = Source: { $source } · { $rows } { $rows ->
        [one] row
       *[other] rows
    } · { $date }
chart-title-smallest = { $name } has { $count } of { $rows } rows
chart-title-largest = { $name } has { $share } of all rows
chart-title-lowest = { $name } is lowest at { $value }
chart-title-highest = { $name } is highest at { $value }
chart-title-range = { $column } runs from { $low } to { $high }
chart-title-by = { $value } by { $column }
chart-subtitle-counts = Number of rows by { $column }
chart-subtitle-average = Average { $value } by { $column }
chart-subtitle-shares = Share of each { $part } within { $column }
chart-subtitle-histogram = Distribution of { $column }
chart-subtitle-metric = { $metric } by { $column }
chart-subtitle-metric-interval = { $metric } by { $column }, with { $level } intervals
chart-subtitle-metrics-own-scale = Metrics by { $column }, each in its own colour range
chart-rows = Rows
chart-rows-share = Share of rows
chart-others = { $count ->
        [one] 1 other
       *[other] { $count } others
    }
chart-equal-share = equal share { $value }
chart-max = max { $value }
chart-min = min { $value }
chart-mean = mean { $value }
chart-median = median { $value }
chart-doubtful = can't be told from chance
chart-heat-low = below zero
chart-heat-high = above zero
chart-level-good = pass
chart-level-doubtful = warn
chart-level-bad = fail
chart-before = before
chart-after = after
chart-hidden = { $count ->
        [one] 1 figure has no room here
       *[other] { $count } figures have no room here
    }
chart-empty = There is nothing to draw.

chart-export-failed = The chart could not be exported.
chart-dpi-out-of-range = The resolution must lie between { $least } and { $most } dots per inch.
chart-picture-too-large = A picture of { $width } by { $height } pixels is too large.
chart-lower-dpi = Choose a lower resolution, or export as SVG or PDF, which have none.
chart-svg-unreadable = The drawing could not be turned into a picture.
