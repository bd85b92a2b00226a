#!/bin/bash
# check-signature.sh FILE SIGNATURE KEY FINGERPRINT: whether the key with just that fingerprint has
# signed the file. The key comes from wherever it is published; what is trusted is the fingerprint
# alone. What is wrong is in the file `why`.
set -euo pipefail
fail() {
  echo "signature: $*" | tee why >&2
  exit 1
}

export GNUPGHOME=$PWD/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --quiet --batch --no-autostart --import "$3" 2> said || fail "the key that was fetched is none: $(head -n 1 said)"
gpg --batch --no-autostart --status-fd 3 --verify "$2" "$1" 3> status 2> said || true
# VALIDSIG is also said of a key that was revoked, for whatever reason: somebody else may have
# signed with it.
revoked=$(sed -n 's/^\[GNUPG:\] REVKEYSIG \([0-9A-F]*\).*/\1/p' status)
[[ -z $revoked ]] || fail "the key that signed the image has been revoked (${revoked//$'\n'/, }): do not use the image"
# VALIDSIG: first the key that signed, which may be a part of the one that is pinned; last that one.
# It is said of a key that has expired, too (EXPKEYSIG), and that is enough: an image that was
# signed in time stays good. (When that was is the signer's own word, so nothing would be gained by
# asking.)
if grep -qE "^\[GNUPG:\] VALIDSIG ([0-9A-F]+ .* )?$4( |$)" status; then exit 0; fi
grep -q '^\[GNUPG:\] BADSIG' status && fail 'the image is not what was signed: do not use it'
grep -q '^\[GNUPG:\] VALIDSIG' status && fail "signed by $(sed -n 's/.*VALIDSIG .* //p' status), not by $4, the key that the base pins"
fail "no signature by $4, the key that the base pins: $(tail -n 1 said)"
