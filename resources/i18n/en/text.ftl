# Words that every room uses.
text-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
text-copy-value = Copy value
text-copy-row = Copy row
text-copy-all = Copy all rows shown
