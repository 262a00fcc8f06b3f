# What goes wrong with a table file.

frame-type-schema = { $type }: the file's own schema says so

frame-changed = { $path } is not the file that was inspected: its size changed
frame-no-table = this is { $kind }, which cannot be read as a table here
frame-value = row { $row } has “{ $value }” in column { $column }, which is no { $type }
frame-ragged = row { $row } has { $fields ->
    [one] one field
   *[other] { $fields } fields
}, not { $expected }
frame-quote-open = row { $row }, column { $column } opens a quote that is never closed
frame-too-long = row { $row } is longer than { $limit }
frame-encoding = byte { $offset }, in row { $row }, column { $column }, is not valid { $encoding }
frame-json = line { $row }: { $reason }
frame-no-column = there is no column { $name }; there are { $choices }
frame-too-many-values = column { $column } has more than { $limit } different values
frame-too-many-cells = the chosen columns have more than { $limit } combinations of values
frame-unsupported = column { $column } has the type { $type }, which is not supported here
frame-no-rows = no row has a value in every chosen column
frame-parquet = the Parquet file is damaged or unusual: { $reason }
frame-cancelled = it was cancelled

frame-io-not-found = { $path } is not there any more
frame-io-unreadable = you may not read { $path }
frame-io-unwritable = you may not write there
frame-io-full = there is no space left on the disk
frame-io-folder = { $path } is a folder, not a file
frame-io-read = { $path } cannot be read: { $reason }
frame-io-write = writing failed: { $reason }

frame-hint-read = Check that the file is there and that you may read it.
frame-hint-write = Make room or choose another place; what was written so far is not used.
frame-hint-changed = Look at the file again, then repeat.
frame-hint-no-table = Store it as it is, or choose a CSV, JSON or Parquet file.
frame-hint-value = Correct the value, choose the type string for the column, or say that this text means NULL.
frame-hint-ragged = Correct the row, or choose to pad and cut such rows or to skip them.
frame-hint-quote = Correct the row, or switch quoting off.
frame-hint-encoding = Choose another encoding, or correct the file.
frame-hint-json = Correct the record, or store the file as it is.
frame-hint-no-column = Choose one of the columns that are there.
frame-hint-too-many = Choose a column with fewer values, such as a category rather than an id or a text.
frame-hint-unsupported = Choose string, bigint, double, boolean, date or timestamp, or leave the column out.
frame-hint-no-rows = Choose columns that are filled.
frame-hint-parquet = Write the file again with the program that made it.
