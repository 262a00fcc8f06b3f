# Words that every room uses.
text-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
