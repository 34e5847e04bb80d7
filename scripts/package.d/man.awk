# Turns what --help prints into a man page: the one definition of the flags is in the program.
#   awk -v name=rtctl-run -v section=1 -v version=0.1.0 -v title="rtctl run" -f man.awk
function escape(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  if (text ~ /^[.']/) text = "\\&" text
  return text
}
BEGIN {
  printf ".TH %s %s \"\" \"rtd %s\" \"rtd\"\n", toupper(name), section, version
}
{ lines[++count] = $0 }
END {
  at = 1
  while (at <= count && lines[at] !~ /^Usage:/) at++
  usage = lines[at]
  sub(/^Usage: */, "", usage)
  for (at++; at <= count && lines[at] == ""; at++);
  summary = lines[at]
  printf ".SH NAME\n%s \\- %s\n", escape(name), escape(summary)
  printf ".SH SYNOPSIS\n.B %s\n", escape(usage)
  printf ".SH DESCRIPTION\n%s\n", escape(summary)
  pre = 0
  for (at++; at <= count; at++) {
    if (lines[at] ~ /^[A-Z][A-Za-z ]*:$/) {
      if (pre) print ".fi"
      heading = toupper(lines[at])
      sub(/:$/, "", heading)
      printf ".SH %s\n.nf\n", heading
      pre = 1
    } else if (lines[at] ~ /^Run '/) {
      if (pre) print ".fi"
      pre = 0
      printf ".PP\n%s\n", escape(lines[at])
    } else {
      print escape(lines[at])
    }
  }
  if (pre) print ".fi"
  printf ".SH SEE ALSO\n.BR rtctl (1),\n.BR rtd (8)\n"
}
