# The Catalog tab: the tree.
catalog-title = Catalog
catalog-search = Tables, columns
catalog-search-nothing = No table or column has this in its name.
catalog-loading = Reading the catalogue…
catalog-no-databases = No databases yet.
catalog-no-tables = No tables
catalog-database = Database
catalog-databases = Choose a database
catalog-database-name = Name of the new database
catalog-database-rule = Lower-case letters, digits, underscores and hyphens
catalog-database-create = Create database
catalog-database-bad = '{ $name }' can't be the name of a database. Use letters, digits, underscores and hyphens.
catalog-drop-database-do = Drop the database…
catalog-crawlers = Crawlers
catalog-crawler = Crawler
catalog-no-crawlers = No crawlers yet.
catalog-copy-name = Copy the name
catalog-query = Query
catalog-empty-title = No tables yet
catalog-empty = Drop a file and catalogue it, let a crawler look at a folder of the lake, or try the sample.
catalog-choose-title = Choose a table or crawler
catalog-choose = A table shows its columns, first rows, partitions and definition; a crawler shows what its runs have changed.

# Questions.
catalog-drop-heading = Drop { $name }?
catalog-drop-table = The table leaves the catalogue; its files stay. You can undo this.
catalog-drop-table-partitions = The table leaves the catalogue; its files stay. You can undo this, but its partitions have to be crawled again.
catalog-drop-database = The database and all its tables leave the catalogue; their files stay. This can't be undone, but crawlers can find the tables again.
catalog-drop-yes = Drop
catalog-dropped = { $table } has left the catalogue. Its files are still there.
catalog-undo = Undo
catalog-delete-heading = Delete { $name }?
catalog-delete-crawler = The crawler and its schedule are deleted; the tables it made stay. This can't be undone.
catalog-delete-yes = Delete
catalog-leave-heading = Leave without saving?
catalog-leave = The crawler has changes that are not saved.
catalog-leave-yes = Leave

# A table.
catalog-more = More
catalog-copy-location = Copy the s3:// address
catalog-copy-ddl = Copy the DDL
catalog-drop = Drop the table…
catalog-rows-about = { $rows ->
    [one] { $rows } row when it was crawled
   *[other] { $rows } rows when it was crawled
}
catalog-size = { $files ->
    [one] { $size } in { $files } file
   *[other] { $size } in { $files } files
}
catalog-view = view
catalog-part-columns = Columns
catalog-part-sample = Sample
catalog-part-partitions = Partitions
catalog-part-definition = Definition
catalog-describing = Reading the table
catalog-sampling = Reading the first rows
catalog-sample-empty = The table has no rows.
catalog-column = Column
catalog-type = Type
catalog-comment = Comment
catalog-partition-key = partition key
catalog-partition = Partition
catalog-location = Location
catalog-no-partitions = This table has no partitions.
catalog-filter-columns = Search { $count } columns
catalog-filter-partitions = Search { $count } partitions
catalog-dates = Created { $created } · changed { $updated }

# A crawler.
catalog-crawler-new = New crawler
catalog-crawler-about = A crawler looks at folders of the lake, works out the tables in them and keeps the catalogue up to date.
catalog-create = Create
catalog-create-run = Create and run
catalog-save = Save
catalog-save-run = Save and run
catalog-run = Run
catalog-stop = Stop
catalog-delete = Delete the crawler
catalog-into = into { $database }
catalog-part-runs = Runs
catalog-part-settings = Settings
catalog-crawling = Crawling
catalog-state-new = has not run
catalog-state-running = running
catalog-state-stopping = stopping
catalog-state-succeeded = done
catalog-state-failed = failed
catalog-state-cancelled = stopped

# The form.
catalog-form-targets = Folders to crawl
catalog-form-target = Folder { $number }
catalog-form-target-add = Another folder
catalog-form-target-remove = Remove folder { $number }
catalog-form-target-missing = Choose a folder, or type its address.
catalog-form-target-bad = '{ $text }' is no address. Write s3://bucket/folder/.
catalog-browse = Browse
catalog-form-name = Name
catalog-form-name-missing = Give the crawler a name.
catalog-form-name-bad = A name has at most 255 characters.
catalog-form-database = Database that receives the tables
catalog-form-database-missing = Name the database that receives the tables.
catalog-form-database-new = It will be created.
catalog-form-table-prefix = Table names begin with
catalog-form-exclusions = Leave out
catalog-form-exclusions-about = One pattern a line, relative to each folder: ** stands for any path, * for any part of a name.
catalog-form-update = When the columns of a table have changed
catalog-update-update = Change the table in the catalogue
catalog-update-add = Only add new columns
catalog-update-log = Leave the table and note it
catalog-form-delete = When the files of a table are gone
catalog-delete-deprecate = Mark the table as deprecated
catalog-delete-delete = Delete the table from the catalogue
catalog-delete-log = Leave the table and note it
catalog-form-combine = Make one table of all compatible files below a folder
catalog-form-schedule = When it runs
catalog-form-schedule-bad = A schedule is cron( ) with six fields: minutes, hours, day of the month, month, day of the week, year.
catalog-on-request = On request
catalog-hourly = Every hour
catalog-daily = Every day
catalog-weekly = Every week
catalog-monthly = Every month
catalog-custom = Cron expression
catalog-hour = Hour (UTC)
catalog-minute = Minute
catalog-day = Day
catalog-date = Day of the month
catalog-cron = Cron expression, in UTC
catalog-sunday = Sunday
catalog-monday = Monday
catalog-tuesday = Tuesday
catalog-wednesday = Wednesday
catalog-thursday = Thursday
catalog-friday = Friday
catalog-saturday = Saturday
catalog-when-request = Runs when somebody runs it.
catalog-when-hourly = Runs every hour, { $minute } minutes past.
catalog-when-daily = Runs every day at { $time } UTC.
catalog-when-weekly = Runs every { $day } at { $time } UTC.
catalog-when-monthly = Runs on day { $date } of every month at { $time } UTC.
catalog-when-custom = Runs at { $cron }.
catalog-browser-title = Choose a folder
catalog-browser-about = Everything below it is crawled.
catalog-browser-choose = Choose
catalog-browser-choose-one = Choose { $place }
catalog-browser-no-folders = No folders below

# Runs.
catalog-runs-loading = Reading the runs…
catalog-runs-none = This crawler has not run yet. Run it to see what it finds.
catalog-run-completed = Completed
catalog-run-failed = Failed
catalog-run-stopped = Stopped
catalog-run-running = Running
catalog-run-nothing = Nothing has changed.
catalog-tables-created = { $tables ->
    [one] { $tables } table created
   *[other] { $tables } tables created
}
catalog-tables-changed = { $tables ->
    [one] { $tables } table changed
   *[other] { $tables } tables changed
}
catalog-tables-removed = { $tables ->
    [one] { $tables } table removed
   *[other] { $tables } tables removed
}
catalog-tables-same = { $tables ->
    [one] { $tables } table as it was
   *[other] { $tables } tables as they were
}
catalog-table-created = created
catalog-table-changed = changed
catalog-table-removed = removed
catalog-table-same = as it was
catalog-column-added = added
catalog-column-changed = type changed
catalog-column-removed = gone
catalog-column-same = as it was
catalog-partitions-added = { $partitions ->
    [one] { $partitions } partition added
   *[other] { $partitions } partitions added
}
catalog-partitions-removed = { $partitions ->
    [one] { $partitions } partition removed
   *[other] { $partitions } partitions removed
}
catalog-open = Open
catalog-open-table = Open { $table }
