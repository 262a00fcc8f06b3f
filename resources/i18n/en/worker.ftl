# What the worker does, and why it could not.
worker-title-store = Store { $file }{ $others ->
    [0] {""}
    [one] {" "}and { $others } more
   *[other] {" "}and { $others } more
}
worker-title-delete = Delete { $place }
worker-title-crawl = Run the crawler { $crawler }
worker-title-query = Run the query
worker-title-export = Write { $file }
worker-title-measure = Measure bias
worker-title-over-time = Measure bias over time
worker-title-quality = Check the data quality
worker-title-rebalance = Balance the data
worker-title-lab = The course lab on the sample

worker-phase-read = Reading { $file }
worker-phase-store = Storing { $file }
worker-phase-delete = Deleting
worker-phase-query = Running
worker-phase-result = Fetching the result
worker-phase-crawl = { $crawler } is crawling
worker-phase-sample = Drawing rows
worker-phase-quality = Looking at every row
worker-phase-count = Counting
worker-phase-balance = Drawing rows
worker-phase-download = Downloading
worker-phase-lab = Step

worker-what-lake = The local lake in { $folder } could not be started.
worker-what-connect = The connection could not be made.
worker-what-connections = The profiles could not be read.
worker-what-cancel = The job could not be stopped.
worker-what-output = There is no place for query results.
worker-what-file = { $path } could not be used.
worker-what-query = The query failed.
worker-what-stop-query = The query could not be stopped.
worker-what-rows = The rows could not be read.
worker-what-draw = The result could not be drawn.
worker-what-export = { $path } could not be written.
worker-what-history = The latest queries could not be listed.
worker-what-estimate = What the query would read could not be found out.
worker-what-columns = The columns could not be read.
worker-what-measure = The bias could not be measured.
worker-what-report = The report can’t be written.
worker-what-quality = The data could not be looked through.
worker-what-rebalance = The data could not be balanced.
worker-what-lab = The lab could not be finished.
worker-what-inspect = { $file } could not be read.
worker-what-buckets = The buckets could not be listed.
worker-what-list = { $place } could not be listed.
worker-what-create-bucket = The bucket { $bucket } could not be created.
worker-what-delete-bucket = The bucket { $bucket } could not be deleted.
worker-what-delete = { $place } could not be deleted.
worker-what-store = { $file }{ $others ->
    [0] {""}
   *[other] {" "}and { $others } more
} could not be stored.
worker-what-catalogue = { $table } could not be catalogued.
worker-what-databases = The databases could not be listed.
worker-what-tables = The tables of { $database } could not be listed.
worker-what-table = { $table } could not be read.
worker-what-create-database = The database { $database } could not be created.
worker-what-drop-database = The database { $database } could not be deleted.
worker-what-drop-table = { $table } could not be deleted.
worker-what-restore-table = { $table } could not be put back.
worker-what-crawlers = The crawlers could not be listed.
worker-what-save-crawler = The crawler { $crawler } could not be saved.
worker-what-delete-crawler = The crawler { $crawler } could not be deleted.
worker-what-run-crawler = The crawler { $crawler } could not be run.
worker-what-stop-crawler = The crawler { $crawler } could not be stopped.
worker-what-crawls = The runs of { $crawler } could not be listed.

worker-why-no-profile = There is no profile { $message } in the AWS configuration.
worker-hint-no-profile = Choose another connection, or add it with `aws configure --profile { $profile }`.
worker-why-configuration = The AWS configuration can’t be used: { $message }.
worker-hint-configuration = Look into ~/.aws/config and ~/.aws/credentials, and at the AWS_ENDPOINT_URL variables of the environment.
worker-why-no-credentials = No keys were found for { $connection }: { $message }.
worker-hint-no-credentials = Add keys with `aws configure --profile { $profile }`, or use the local lake.
worker-why-expired = The sign-in has expired.
worker-hint-sso = Run `aws sso login --profile { $profile }`, then try again.
worker-hint-new-keys = Put new keys into the environment, then start Fairlake again.
worker-why-bad-credentials = The service does not accept the keys: { $message }.
worker-hint-bad-credentials = Check the keys of the profile { $profile } and the computer’s clock.
worker-why-denied = The identity may not do this ({ $operation }): { $message }.
worker-hint-denied = Ask whoever runs the account for the permission { $operation }.
worker-why-not-found = It does not exist: { $message }.
worker-hint-refresh = It may have been deleted meanwhile; refresh the view.
worker-why-exists = It exists already: { $message }.
worker-why-conflict = Its state does not allow it now: { $message }.
worker-why-throttled = The service has too many requests at the moment.
worker-hint-later = Try again in a moment.
worker-why-lake-lost = The local lake does not answer, and it could not be started again.
worker-hint-lake-lost = Look into serve.log in the lake’s folder.
worker-hint-lake-start = Look into serve.log in the lake’s folder; `fairlake serve` starts the lake by hand.
worker-why-unreachable = { $connection } can’t be reached: { $message }.
worker-hint-network = Check the network connection and the endpoint.
worker-why-timeout = The answer took too long.
worker-why-invalid = { $message }.
worker-why-full = There is no space left where the lake keeps its files.
worker-hint-full = Make room on that disk, or keep the lake on another one with --lake; nothing half-written stays.
worker-why-server = The service failed: { $message }.
worker-why-io = { $message }.
worker-why-panic = Fairlake made a mistake here.
worker-hint-panic = Everything else goes on; please report it with the details.
worker-hint-output = Set an output location for the workgroup.

worker-why-file-missing = There is no such file.
worker-why-file-denied = You have no permission for it.
worker-why-file-folder = It is a folder.
worker-why-file = { $error }.
worker-why-disk-full = There is no space left on the disk.
worker-why-cache = The cache can’t be used: { $error }.
worker-why-folder-empty = There are no files in { $path }.
worker-why-not-a-table = It is no table but { $kind }.
worker-hint-raw = Store it as it is: a lake holds any file.
worker-why-line-breaks = { $rows ->
    [one] A row has
   *[other] { $rows } rows have
} a line break inside a field, which readers of CSV tables can’t read.
worker-hint-line-breaks = Store it as Parquet, or as CSV with line breaks replaced.
worker-why-no-table = The files make no single table that a reader of the catalogue can read.
worker-hint-shorter = Choose a shorter prefix.
worker-why-table-elsewhere = { $table } exists and lies in { $place }.
worker-hint-table-elsewhere = Choose another table name.
worker-why-crawl = The run ended as { $state }: { $message }

worker-why-no-column = The result has no column number { $column }.
worker-why-no-series = A divided bar needs a column that divides it.
worker-why-no-number = ‘{ $value }’ is no number.
worker-why-no-numbers = The column { $column } has no numbers.
worker-why-no-rows = There are no rows.
worker-why-many-series = The dividing column has { $values } values; at most { $most } can be told apart.
worker-why-column-missing = There is no column { $column }; there are { $choices }.
worker-why-no-file = This source is no file.
worker-why-one-file = Balancing takes one file at a time.
worker-why-time-is-used = { $column } is already the label or one of the groups.
worker-hint-time-is-used = Choose another column for the time, or take it out of the groups.
worker-why-quality-result = A query’s result is not looked through.
worker-hint-quality-result = Save the result as a table or a file and choose that as the source.
worker-why-only-tables = A new table can be made of a catalogue table alone.
worker-hint-only-tables = Choose a file as the target, or catalogue the data first.
worker-why-many-objects = There are more than { $most } objects below this prefix.
worker-hint-many-objects = Catalogue them and measure the table: then only counts travel.
worker-why-nothing-below = There are no files in { $place }.

worker-chart-rows = rows

worker-lab-title = The course lab on the sample
worker-lab-by-sentiment = Reviews by sentiment
worker-lab-by-category = Reviews with a sentiment by category
worker-lab-average = Average sentiment by product category
worker-lab-number = Number of reviews per product category
worker-lab-distribution = Distribution of sentiments per product category
worker-lab-words = Words per review
worker-lab-positive = Positive
worker-lab-neutral = Neutral
worker-lab-negative = Negative
worker-lab-balance = Balance by category and sentiment
worker-lab-bias = Bias before and after balancing
worker-lab-value = Value
worker-lab-metric = Metric
worker-lab-before = Before
worker-lab-after = After
