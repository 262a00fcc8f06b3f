# The command line.
cli-stopped = Stopped; what had begun was undone.
cli-bad-command = This is no command: { $error }.
cli-what-start = The command could not be started.
cli-why-busy = The worker has no room for it.
cli-what-output = The output could not be written.
cli-what-read = { $path } could not be read.
cli-what-config = { $path } can’t be used as an analysis configuration.
cli-what-serve = The lake in { $folder } could not be served.
cli-why-lake-gone = The process that served it has just ended.
cli-hint-in-use = Use the lake that runs: `fairlake env` prints where it is.
cli-what-env = There is no environment to print for the lake in { $folder }.
cli-why-no-lake = Nobody serves it.
cli-hint-serve = Start it with `fairlake serve`.
cli-stored = { $objects ->
    [one] { $objects } object, { $bytes } stored.
   *[other] { $objects } objects, { $bytes } stored.
}
cli-catalogued = Catalogued as { $table }.
cli-crawl-created = { $table } created
cli-crawl-changed = { $table } changed
cli-crawl-removed = { $table } removed
cli-crawl-unchanged = { $table } as it was
cli-crawl-partitions = partitions: { $added } added, { $removed } removed
cli-crawl-nothing = Every table is as it was.
cli-crawl-dry = This was a dry run: the database is as it was.
cli-crawl-kept = The crawler { $crawler } stays; run it again at any time.
cli-query-more = Shown are the first { $shown } of { $rows } rows; `--output FILE --format csv` writes them all.
cli-query-paged = The result object could not be read, so the rows came through GetQueryResults, which is slower.
cli-query-done = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $ms } ms, { $scanned } scanned.
cli-what-gate = The rules can’t be checked.
cli-why-idle-rule = The rule { $rule } has no figure to look at: { $metric } was not measured, or has no value anywhere.
cli-hint-idle-rule = Ask for the metric in the configuration (with a predicted label where it needs one), or take the rule out.
cli-bias-rows = rows
cli-bias-written = { $files ->
    [one] { $files } file
   *[other] { $files } files
} written to { $folder }.
cli-lab-stored = Stored { $rows } reviews in { $place }.
cli-lab-crawled = The crawler { $crawler } has made the table { $table }.
cli-lab-derived = Sentiment was derived from the rating into { $table }:
cli-lab-measured = Bias before balancing
cli-lab-balanced = Bias after balancing
cli-unknown = ‘{ $word }’ is neither a form nor a file; `fairlake --help` lists the forms.
