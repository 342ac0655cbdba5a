# awk -v most=30 -f public_methods.awk FILE...: the classes with more public methods than that, each
# counted by the first line of its declaration: at the depth of the class, a name and a parenthesis.
function report() {
  if (count > most) printf "%s: %s has %d public methods\n", FILENAME, name, count
}
FNR == 1 { inside = depth = 0 }
{
  line = $0
  sub(/\/\/.*/, "", line)
  gsub(/"([^"\\]|\\.)*"/, "", line)
  if (!inside && line ~ /^ *(class|struct) [A-Za-z_0-9:]+[^;]*\{/) {
    inside = 1
    top = depth + 1
    public = line ~ /^ *struct/
    name = line
    sub(/^ *(class|struct) /, "", name)
    sub(/:? *\{.*|:? .*/, "", name)
    count = 0
    begins = 1
    depth += gsub(/\{/, "", line) - gsub(/\}/, "", line)
    next
  }
  if (inside && depth == top) {
    if (line ~ /^ *(public|protected|private):/) public = line ~ /public/
    declared = line
    sub(/operator=/, "operator", declared)
    sub(/=.*/, "", declared)
    while (gsub(/<[^<>]*>/, "", declared)) continue
    if (public && begins && declared ~ /[A-Za-z_0-9=)]\(/ && declared !~ /^ *(using|friend) /) ++count
    if (line ~ /[^ ]/) begins = line ~ /[;}:{] *$/
  }
  depth += gsub(/\{/, "", line) - gsub(/\}/, "", line)
  if (inside && depth < top) {
    report()
    inside = 0
  }
}
