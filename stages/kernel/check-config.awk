# check-config.awk -v linux=VERSION OPTIONS CONFIG FRAGMENTS: every line that was asked for must be in
# .config, and every option named must exist (OPTIONS: the names that the Kconfig files define, one a
# line). A later line of FRAGMENTS wins; in them `#: FILE` says where the lines below it come from.
FILENAME == ARGV[1] { exists[$1]; next }
/^#: / { file = $2; next }
!/^(# )?CONFIG_[A-Za-z0-9_]+(=| is not set$)/ { next }
{ name = $1 == "#" ? $2 : $1; sub(/=.*/, "", name) }
FILENAME == ARGV[2] { got[name] = $0; next }
{
  asked[name] = $0
  from[name] = file
  sub(/=n$/, " is not set", asked[name])
  sub(/^CONFIG_[^ ]+ is not set/, "# &", asked[name])
}
END {
  for (name in asked) {
    if (!(name in got)) got[name] = "# " name " is not set"
    if (!(name in exists)) { print from[name] ": " name ": no such option in Linux " linux "; # to or # from behind a line of a fragment says for which series it is"; bad = 1 }
    else if (got[name] != asked[name]) { print from[name] ": asked for \"" asked[name] "\", got \"" got[name] "\" in Linux " linux; bad = 1 }
  }
  exit bad
}
