# awk -f arrows.awk layers.md INCLUDES: the includes (grep's "file:line:#include ...") that point up in
# the tables of layers.md, and the folders that no table has.
function folder_of(path) {
  while (sub("/[^/]*$", "", path)) if (path in rank) return path
  return ""
}
function is_test(path) { return path ~ /(_test|testing|test_support)\.(cpp|h)$/ }

FNR == NR {
  if ($0 !~ /^\|/) ++table
  if ($0 !~ /^\| `/) next
  split($0, cell, "`")
  rank[cell[2]] = FNR
  stack[cell[2]] = table
  next
}
{
  split($0, place, ":")
  from = folder_of(place[1])
  split($0, quoted, "\"")
  to = folder_of(quoted[2])
  if (from == "" || to == "") print $0 " (in no table)"
  else if (stack[from] != stack[to]) print
  else if (!is_test(place[1]) && rank[to] > rank[from]) print
}
