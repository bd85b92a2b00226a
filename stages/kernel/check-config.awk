# check-config.awk OPTIONS CONFIG FRAGMENTS: every line that was asked for must be in .config, and
# every option named must exist (OPTIONS: the names that the Kconfig files define, one a line). A
# later line of FRAGMENTS wins.
FILENAME == ARGV[1] { exists[$1]; next }
!/^(# )?CONFIG_[A-Za-z0-9_]+(=| is not set$)/ { next }
{ name = $1 == "#" ? $2 : $1; sub(/=.*/, "", name) }
FILENAME == ARGV[2] { got[name] = $0; next }
{
  asked[name] = $0
  sub(/=n$/, " is not set", asked[name])
  sub(/^CONFIG_[^ ]+ is not set/, "# &", asked[name])
}
END {
  for (name in asked) {
    if (!(name in got)) got[name] = "# " name " is not set"
    if (!(name in exists)) { print name ": no such option in this kernel"; bad = 1 }
    else if (got[name] != asked[name]) { print name ": asked for \"" asked[name] "\", got \"" got[name] "\""; bad = 1 }
  }
  exit bad
}
