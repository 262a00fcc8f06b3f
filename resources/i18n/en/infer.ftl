# What a file is and why.

infer-chosen = chosen by you

infer-kind-csv = CSV
infer-kind-json-lines = JSON, one record a line
infer-kind-json-array = a JSON array
infer-kind-parquet = Parquet
infer-kind-avro = Avro
infer-kind-orc = ORC
infer-kind-xml = XML or HTML
infer-kind-image = a { $format } picture
infer-kind-archive = { $format }-compressed data
infer-kind-pdf = a PDF document
infer-kind-spreadsheet = an Excel workbook
infer-kind-text = text without columns
infer-kind-binary-named = { $name } data
infer-kind-binary = binary data
infer-kind-empty = an empty file

infer-encoding-bom = the file begins with the byte order mark of { $encoding }
infer-encoding-utf16 = every second byte at the beginning is zero, as in { $encoding }
infer-encoding-ascii = all characters are ASCII
infer-encoding-utf8 = all byte sequences are valid UTF-8
infer-encoding-mostly-utf8 = nearly all byte sequences are valid UTF-8; a few are damaged
infer-encoding-hangul = the bytes read as Hangul in { $encoding }
infer-encoding-guess = the letters fit { $encoding } best

infer-delimiter-comma = comma
infer-delimiter-tab = tab
infer-delimiter-semicolon = semicolon
infer-delimiter-pipe = pipe
infer-delimiter-control-a = Ctrl-A
infer-delimiter-other = “{ $character }”
infer-dialect-regular = { $delimiter }: { $share } of the sampled rows have { $fields } fields
infer-dialect-single = no delimiter splits the rows evenly, so there is one column

infer-header-nothing = there is no row
infer-header-value = row 1 has the value “{ $value }” in column { $column }, which is no name
infer-header-blank = row 1 is blank
infer-header-alone = row 1 is the only row, and holds texts
infer-header-types = row 1 has the text “{ $name }” over values of type { $type }
infer-header-long = column { $column } of row 1 is too long for a name
infer-header-again = “{ $value }” of row 1 is a value in row { $row } too
infer-header-doubles = row 1 has the same text twice
infer-header-names = row 1 holds different texts, none of which is a value below

infer-type-no-values = string: there is no value
infer-type-empty-texts = string: all values are empty texts
infer-type-leading-zero = string: row { $row } has “{ $value }”; as a number it would lose its zeros
infer-type-integers = { $values ->
    [one] bigint: its one value is the whole number { $low }
   *[other] bigint: all { $values } values are whole numbers from { $low } to { $high }
}
infer-type-integers-nulls = { $values ->
    [one] bigint: its one value is the whole number { $low }, the rest is empty
   *[other] bigint: all { $values } values are whole numbers from { $low } to { $high }, the rest is empty
}
infer-type-fraction = double: all values are numbers, and row { $row } has “{ $value }”
infer-type-fractions = double: all { $values } values are numbers
infer-type-booleans = boolean: all { $values } values are true or false
infer-type-dates = date: all { $values } values are dates from { $low } to { $high }
infer-type-timestamps = timestamp: all { $values } values are dates or times from { $low } to { $high }
infer-type-huge = string: row { $row } has “{ $value }”, which has more digits than a bigint holds; as a double it would lose some
infer-type-mixed = string: row { $row } has “{ $value }”; the { $held } values before it are all { $type }
infer-type-text = string: row { $row } has “{ $value }”
infer-type-known-text = string: the values are texts
infer-type-json = { $type }: the type of its JSON values
infer-type-json-clash = string: a value in row { $row } does not go with { $type }, the type until then

infer-empty = The file is empty: it has 0 bytes. Choose another file; there is nothing to store.
infer-blank = The file holds only blank lines. There is no table in it.
infer-header-only = The file has { $columns ->
    [one] one column name
   *[other] { $columns } column names
} and no rows below. It can be stored, but a query returns nothing.
infer-no-records = The file holds no JSON record.
infer-no-table = This is { $kind }, not a table. It can be stored as it is, but not catalogued.
infer-spreadsheet = This is an Excel workbook, not a table. It can be stored as it is; to see its columns here, save the sheet as “CSV UTF-8” in Excel.
infer-packed = This is { $kind }. It can be stored as it is; to see its columns here, unpack it first.
infer-extension = The name ends in .{ $extension }, but the content is { $kind }.
infer-ragged = { $rows ->
    [one] One row does not have { $expected } fields: row { $row } has { $fields }.
   *[other] { $rows } rows do not have { $expected } fields; the first is row { $row } with { $fields }. Rows (fields): { $places }.
} Correct the file, or choose to pad and cut such rows or to skip them.
infer-quote-open = Row { $row }, column { $column } opens a quote that is never closed: the file is cut off, or the quote is stray. Correct the row, or switch quoting off.
infer-cut-off = The file ends in the middle of row { $row }: it looks cut off.
infer-record-too-long = Row { $row } is longer than { $limit } (in column { $column }). This is no table, or it has another delimiter or line ending.
infer-record-too-long-quoted = Row { $row } is longer than { $limit }: the quote in column { $column } is probably never closed. Correct the row, or switch quoting off.
infer-name-empty = Column { $column } has no name; it is called { $name } in the catalogue.
infer-name-double = Column { $column } (“{ $written }”) has the name of another column; it is called { $name } in the catalogue.
infer-nul = There is a NUL character in row { $row }, column { $column }. Some readers stop there.
infer-invalid = { $count ->
    [one] One byte sequence is
   *[other] { $count } byte sequences are
} not valid { $encoding }; the first is at byte { $offset }, in row { $row }, column { $column }. Choose another encoding, or correct the file.
infer-not-utf8 = The text is { $encoding }. Athena reads UTF-8 only, so it is stored as UTF-8 unless you keep the file as it is.
infer-line-breaks = { $rows ->
    [one] One row has
   *[other] { $rows } rows have
} line breaks inside quotes: Athena's CSV readers can't read them.
infer-override-mismatch = Row { $row } has “{ $value }” in column { $name }, which is no { $type }. Choose string, or say that this text means NULL.

infer-json-broken = { $rows ->
    [one] One record is
   *[other] { $rows } records are
} no valid JSON; the first is in line { $row }: { $error }.
infer-json-no-object = { $rows ->
    [one] One record is
   *[other] { $rows } records are
} no JSON object; the first is in line { $row }. Only objects make rows.
infer-json-too-long = The record that begins in line { $row } is longer than { $limit }.
infer-json-cut-off = The file ends in the middle of a record, in line { $row }: it looks cut off.
infer-json-many-lines = Records go over several lines. Athena's JSON readers need one record a line.
infer-json-array = The records are in one array. Athena's JSON readers need one record a line.
infer-key-double = The key “{ $written }” differs from another one only in case; its column is called { $name }.

infer-advice-line-breaks = { $rows ->
    [one] one row has
   *[other] { $rows } rows have
} line breaks inside quotes, which no CSV reader of Athena can read; Parquet keeps them
infer-advice-newline = lines end in carriage returns, which Athena's readers take for something else; Parquet has no lines
infer-advice-encoding = the text is { $encoding }, and Athena reads plain UTF-8 only
infer-advice-json-array = the records are in one array, and Athena's JSON readers need one a line
infer-advice-json-lines = records go over several lines, and Athena's JSON readers need one a line

infer-opencsv = OpenCSVSerDe reads quoted fields, and takes an empty field of a string column for an empty text, not NULL.
infer-opencsv-nulls = { $name } becomes string: OpenCSVSerDe fails on an empty { $type }, and { $nulls ->
    [one] one row has none
   *[other] { $nulls } rows have none
}. In Parquet it stays { $type }.
infer-opencsv-type = { $name } becomes string: OpenCSVSerDe reads { $type } in another way than this file writes it. In Parquet it stays { $type }.

infer-nested-text = { $name } ({ $type }) becomes string: nested values are written as JSON texts, for json_extract.

infer-glue-unknown = AWS's crawler would classify this as UNKNOWN: { $kind }.
infer-glue-quotes = AWS's crawler ignores quotes: { $fields ->
    [one] one quoted field keeps its quotes and is
   *[other] { $fields } quoted fields keep their quotes and are
} split at each delimiter inside.
infer-glue-header-value = AWS's crawler finds no header: row 1 has a value that is no text.
infer-glue-header-long = AWS's crawler finds no header: column { $column } of row 1 has 150 characters or more.
infer-glue-header-unfit = AWS's crawler finds no header: column { $column } of row 1 has a line break or control character.
infer-glue-header-texts = AWS's crawler finds no header: it takes row 1 for names only if some column below is not text.

infer-differs-reader = Reader: AWS's crawler writes { $glue }, we advise { $ours }: { $why }
infer-differs-quotes = { $fields ->
    [one] one field is
   *[other] { $fields } fields are
} in quotes, which LazySimpleSerDe does not understand
infer-differs-header-kept = Header: AWS's crawler would read row 1 as data. { $why }
infer-differs-header-lost = Header: AWS's crawler would skip row 1, which is data: { $why }
infer-differs-columns = Columns: AWS's crawler finds { $glue }, the file has { $ours }.
infer-differs-name = Name: { $glue } for AWS's crawler, { $ours } here, which needs no quotes in SQL.
infer-differs-type = Type of { $name }: { $glue } for AWS's crawler, { $ours } here: { $why }
