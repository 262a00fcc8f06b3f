# The Ingest tab: the lake's tree.
ingest-lake = Lake
ingest-lake-loading = Reading the buckets…
ingest-lake-empty = No buckets yet. Storing a file creates one.
ingest-refresh = Refresh
ingest-filter = Filter
ingest-filter-clear = Clear
ingest-filter-nothing = Nothing that has been opened matches.
ingest-folder-empty = Nothing here
ingest-more-objects = List more
ingest-more-for = More for { $name }
ingest-check-bias = Check bias
ingest-store-here = Store files here
ingest-crawl = Crawl this folder
ingest-copy-address = Copy the s3:// address
ingest-delete = Delete…
ingest-delete-heading = Delete { $name }?
ingest-delete-bucket = The bucket { $place } is deleted if it is empty. Its name becomes free for others.
ingest-delete-folder = Everything below { $place } is deleted. This can't be undone; tables that read these files will find nothing.
ingest-delete-object = { $place } is deleted. This can't be undone.
ingest-delete-yes = Delete
ingest-bucket = Bucket
ingest-bucket-name = Name of the new bucket
ingest-bucket-rule = 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit
ingest-bucket-create = Create bucket

# The empty tab.
ingest-drop-title = Drop files here
ingest-drop-sentence = Fairlake tells what they are and why, and stores them in the lake. Nothing leaves this computer until you store it.
ingest-drop-none-title = Bring files into the lake
ingest-drop-none = Files can't be dropped on this window, since the session is Wayland without XWayland. Choose them, or paste their paths.
ingest-drop-kinds = CSV, JSON and Parquet become tables; any other file is stored as it is.
ingest-choose-files = Choose files
ingest-choose-folder = Choose a folder
ingest-paste-path = Paste a path
ingest-path = Path of a file or folder
ingest-read-path = Read
ingest-try-sample = Try the sample
ingest-add-files = Add files
ingest-or-drop = or drop them on the window

# A file.
ingest-remove = Remove { $name } from the list
ingest-remove-file = Remove from the list
ingest-read-again = Try again
ingest-reading = Reading { $name }
ingest-quoted = quoted
ingest-unquoted = not quoted
ingest-quoted-fields = { $fields ->
    [one] { $fields } field is in quotes.
   *[other] { $fields } fields are in quotes.
}
ingest-with-bom = { $encoding } with a byte order mark
ingest-header = header in row 1
ingest-no-header = no header
ingest-rows-at-least = at least { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
ingest-change = Change
ingest-change-close = Done
ingest-at-row = row { $row }
ingest-at-column = column { $column }
ingest-at-byte = byte { $byte }
ingest-more-findings = { $findings ->
    [one] { $findings } more finding
   *[other] { $findings } more findings
}
ingest-no-table = This file is no table. It can be stored as it is.
ingest-raw-only = As long as this is so, the file can only be stored as it is, and not as a table. Change how it is read, or mend it and read it again.

# What the person knows better.
ingest-guess = Guess: { $value }
ingest-back-to-guesses = Back to the guesses
ingest-encoding = Encoding
ingest-delimiter = Delimiter
ingest-delimiter-other = Another
ingest-quote = Quote
ingest-quote-none = none
ingest-header-label = Header
ingest-ragged = Rows of another length
ingest-ragged-refuse = Stop and say where
ingest-ragged-pad = Fill up and cut off
ingest-ragged-skip = Leave out
ingest-nulls = Words for NULL
ingest-nulls-hint = n/a, none

# The columns.
ingest-column-name = Rename the column { $name }
ingest-column-type = Type of { $name }: { $type }
ingest-type-guess = Back to the guess
ingest-rename = Name in the catalogue
ingest-rename-do = Rename
ingest-rename-undo = Back to the file's name
ingest-name-in-file = In the file: { $name }
ingest-values = { $values } values, { $nulls } NULL
ingest-distinct = { $values ->
    [one] { $values } different value
   *[other] { $values } different values
}
ingest-distinct-about = about { $values } different values
ingest-range = from { $min } to { $max }
ingest-longest = at most { $bytes } long

# How it is stored.
ingest-line-breaks = { $rows ->
    [one] { $rows } row has a line break inside quotes: Athena's CSV readers can't read it.
   *[other] { $rows } rows have line breaks inside quotes: Athena's CSV readers can't read them.
}
ingest-crawler-differs = AWS's crawler would describe this file in another way than we recommend.
ingest-choice-parquet = Store as Parquet
ingest-choice-replace = Replace line breaks
ingest-choice-csv = Store as clean CSV
ingest-choice-keep = Keep as it is
ingest-recommended = { $choice } (recommended)
ingest-breaks-rows = { $rows ->
    [one] A query will read this row as several broken ones.
   *[other] A query will read each of these { $rows } rows as several broken ones.
}
ingest-compare-crawler = AWS's crawler
ingest-compare-ours = We recommend
ingest-compare-why = Why
ingest-compare-name = needs no quotes in SQL
ingest-compare-reader = Reader
ingest-compare-header = Row 1
ingest-compare-header-skipped = names, skipped
ingest-compare-header-data = read as data
ingest-compare-header-none = no header needed
ingest-compare-columns = Columns
ingest-compare-column = Column { $name }
ingest-compare-more = { $columns ->
    [one] and { $columns } more column that differs
   *[other] and { $columns } more columns that differ
}
ingest-as-parquet = Parquet
ingest-as-csv = CSV
ingest-as-csv-one-line = CSV, line breaks replaced
ingest-as-raw = Raw

# The destination.
ingest-to = To s3://
ingest-as = As
ingest-form = Form in which the files are stored
ingest-bucket-label = Bucket
ingest-buckets = Choose a bucket
ingest-bucket-new = new
ingest-prefix = Prefix
ingest-catalogue-as = Catalogue as
ingest-table = Database and table
ingest-database = Database
ingest-store = { $files ->
    [0] Store
    [one] Store { $files } file
   *[other] Store { $files } files
}
ingest-store-breaks = Stored like this, the table will have broken rows. Parquet, or replacing the line breaks, keeps them whole.
ingest-each-its-own = The columns differ: each file gets a folder and a table of its own, { $folders } in all.
ingest-nothing-to-store = No file is ready to be stored.
ingest-bad-bucket = '{ $name }' is no bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit.
ingest-bad-prefix = The prefix is longer than 1,024 bytes.
ingest-bad-table = '{ $name }' names no table. Write database.table with letters, digits and underscores.
ingest-same-name = Two files would go into the folder '{ $name }'. Rename one, or store them one after the other.
ingest-storing = Storing
ingest-storing-left = Storing, { $folders } folders left
ingest-store-cancelled = Cancelled. What had begun was undone; nothing is left behind.
ingest-stored = { $files ->
    [one] { $files } file, { $size }, is in { $place }
   *[other] { $files } files, { $size }, are in { $place }
}
ingest-catalogued = Catalogued as { $table }
ingest-query = Query it
ingest-show-table = Show the table
ingest-catalogue-it = Catalogue it
ingest-store-more = Store more

# The sample.
ingest-sample-title = The course lab on the sample
ingest-sample-about = A few thousand product reviews of our own making go the whole way: stored, crawled, queried, measured, balanced and measured again.
ingest-sample-running = Working
ingest-sample-stored = { $rows ->
    [one] Stored { $rows } review in { $place }
   *[other] Stored { $rows } reviews in { $place }
}
ingest-sample-crawled = The crawler { $crawler } catalogued { $table }
ingest-sample-derived = Derived the sentiment from the rating, as { $table }
ingest-sample-queried = Asked: { $title }
ingest-sample-measured = { $rows ->
    [one] Measured the bias of { $rows } row
   *[other] Measured the bias of { $rows } rows
}
ingest-sample-measured-balanced = { $rows ->
    [one] Balanced down to { $rows } row and measured again
   *[other] Balanced down to { $rows } rows and measured again
}
ingest-sample-written = { $files ->
    [one] Wrote { $files } file
   *[other] Wrote { $files } files
}
ingest-sample-sql = SQL
ingest-sample-again = Try again
ingest-sample-close = Close
