# The Query tab.
query-new = New query
query-close = Close
query-close-named = Close { $name }
query-rename = Rename
query-reopen = Reopen { $name }
query-database = Database
query-database-none = No database
query-picker-search = Search
query-picker-nothing = Nothing matches.

query-editor = SQL
query-editor-hint = SELECT …
query-kind-column = column
query-kind-table = table
query-kind-database = database
query-kind-function = function
query-kind-keyword = keyword

query-run = Run
query-run-selection = Run selection
query-run-hint = Ctrl+Enter runs the selection, or the statement at the cursor
query-stop = Stop
query-stop-hint = Ctrl+Shift+Enter
query-stopping = Stopping…
query-estimate = reads { $tables ->
    [one] { $tables } table
   *[other] { $tables } tables
}, { $size }, { $cost }
query-estimate-nothing = reads no table
query-scanned = { $size } scanned
query-phase-sending = Sending
query-phase-queued = Waiting for its turn
query-phase-running = Running
query-phase-reading = Reading the result
query-phase-ending = Ending
query-error-place = Line { $line }, column { $column }, at “{ $word }”
query-error-place-end = Line { $line }, column { $column }

query-history = History
query-history-search = Search the history
query-history-waiting = Reading the history…
query-history-empty = No query has run yet.
query-state-succeeded = succeeded
query-state-failed = failed
query-state-cancelled = stopped
query-state-running = running

query-stopped = stopped after { $time } · { $size } scanned
query-stopped-title = The query was stopped
query-stopped-empty = It gives no rows. Press Ctrl+Enter to run it again.
query-empty-title = Ask your tables
query-empty = Write SQL above and press Ctrl+Enter. Names are completed as you type.
query-start-table = Look into { $table }
query-waiting-title = The query runs
query-waiting = Its rows appear here. You can close the window meanwhile; the query is found again.
query-done-title = Done
query-done = The statement succeeded and gives no rows.
query-no-rows-title = No rows
query-no-rows = The query succeeded; no row meets its conditions.
query-no-matches = No row contains this text. Clear the search to see all rows.

query-view-table = Table
query-view-chart = Chart
query-view-describe = Describe
query-rows-matching = { $matching } of { $rows } rows
query-paged = read through GetQueryResults
query-find = Find in the rows
query-find-clear = Clear
query-go-to = Row
query-go-to-hint = Go to a row by its number, then Enter
query-export = Export
query-export-csv = All rows as CSV
query-export-json = All rows as JSON lines
query-check-bias = Check bias
query-check-bias-hint = Measure the bias in this result
query-again = Try again
query-dismiss = Dismiss
query-copy-refused = { $rows } rows at most are copied. Export the result as a file instead.
query-reading = { $column }, row { $row }

query-grid-name = Result: { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $columns ->
    [one] { $columns } column
   *[other] { $columns } columns
}
query-grid-rows = Rows
query-grid-columns = Columns
query-grid-copy = Copy
query-grid-copy-headers = Copy with headers
query-grid-sort-hint = Click to sort: up, down, as it was

query-chart-bar = Bars
query-chart-horizontal = Horizontal bars
query-chart-stacked = 100% stacked
query-chart-histogram = Histogram
query-chart-category = Category
query-chart-value = Value
query-chart-values = Values
query-chart-series = Split by
query-chart-none = none
query-chart-title = Title
query-chart-title-by = { $value } by { $category }
query-chart-title-shares = Shares of { $series } by { $category }
query-chart-title-distribution = Distribution of { $category }
query-chart-empty-title = Choose what to draw
query-chart-empty = A chart needs a column with numbers. Bars need a category beside it, stacked bars a column that splits them.
query-chart-export = Export
query-chart-svg = SVG picture
query-chart-png = PNG picture, { $dpi } dpi
query-chart-pdf = PDF page
query-chart-csv = Numbers as CSV
query-chart-copy = Copy the numbers

query-percentiles = Percentiles
query-quartiles = Quartiles
query-deciles = Deciles
query-percentiles-wrong = Percentiles are numbers from 0 to 100, such as 10, 50, 99.9.
query-describe-none-title = No numbers
query-describe-none = Figures are made of columns with numbers, and this result has none.
query-figure = Figure
query-figure-count = count
query-figure-nulls = NULLs
query-figure-mean = mean
query-figure-std = std
query-figure-min = min
query-figure-percentile = { $percent }%
query-figure-max = max
