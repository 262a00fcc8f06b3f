# What goes wrong with a table file.

frame-type-schema = { $type }: the file's own schema says so

frame-changed = { $path } is not the file that was inspected: its size changed.
frame-no-table = This is { $kind }, which cannot be read as a table here.
frame-value = Row { $row } has “{ $value }” in column { $column }, which is no { $type }.
frame-ragged = Row { $row } has { $fields ->
    [one] one field
   *[other] { $fields } fields
}, not { $expected }.
frame-quote-open = Row { $row }, column { $column } opens a quote that is never closed.
frame-too-long = Row { $row } is longer than { $limit }.
frame-encoding = Byte { $offset }, in row { $row }, column { $column }, is not valid { $encoding }.
frame-json = Line { $row }: { $reason }.
frame-no-column = There is no column { $name }; there are { $choices }.
frame-too-many-values = Column { $column } has more than { $limit } different values.
frame-too-many-cells = The chosen columns have more than { $limit } combinations of values.
frame-unsupported = Column { $column } has the type { $type }, which is not supported here.
frame-no-rows = No row has a value in every chosen column.
frame-parquet = The Parquet file is damaged or unusual: { $reason }.
frame-cancelled = It was cancelled.

frame-io-not-found = { $path } is not there any more.
frame-io-unreadable = You may not read { $path }.
frame-io-unwritable = You may not write there.
frame-io-full = There is no space left on the disk.
frame-io-folder = { $path } is a folder, not a file.
frame-io-read = { $path } cannot be read: { $reason }.
frame-io-write = Writing failed: { $reason }.

frame-hint-read = Check that the file is there and that you may read it.
frame-hint-write = Make room or choose another place; what was written so far is not used.
frame-hint-changed = Look at the file again, then repeat.
frame-hint-no-table = Store it as it is, or choose a CSV, JSON or Parquet file.
frame-hint-value = Correct the value, choose the type string for the column, or say that this text means NULL.
frame-hint-ragged = Correct the row, or choose to pad and cut such rows or to skip them.
frame-hint-quote = Correct the row, or switch quoting off.
frame-hint-too-long = Split the row, or store the file as it is; a quote that is never closed makes one row of many, too.
frame-hint-encoding = Choose another encoding, or correct the file.
frame-hint-json = Correct the record, or store the file as it is.
frame-hint-no-column = Choose one of the columns that are there.
frame-hint-too-many = Choose a column with fewer values, such as a category rather than an id or a text.
frame-hint-unsupported = Choose string, bigint, double, boolean, date or timestamp, or leave the column out.
frame-hint-no-rows = Choose columns that are filled.
frame-hint-parquet = Write the file again with the program that made it.
