# What downbeat-doctor asks of this sound card alone. Made by downbeat.
# how /proc/asound/cards names the sound card; nothing: there is none to look for
card='USB-Audio'

headline() {
  printf '%s: %s, %s\n' "$image" 'a class-compliant USB interface' \
    'JACK with 3 periods of 256 frames at 48000 Hz: 16.0 ms'
}

known_of_card() {
  :
}

of_card() { # TUNING
  case $1 in
'jack-service')
tuning 'jack-service' \
  'One jackd starts by itself at a realtime priority when the chosen card appears, and again when it comes back' \
  'plug in the card; then journalctl -b -u '\''jackd@*'\'' says why the server is not there'
ask boot 0 'unit jackd-waits.timer is enabled' \
  'enabled' \
  run 'systemctl is-enabled '\''jackd-waits.timer'\''' matches '^enabled'
ask boot 0 'file /etc/default/jackd has a line that matches ^JACKD_SERVER="-R -P70 -p96 -t2000( -S)?"$' \
  'has a line that matches ^JACKD_SERVER="-R -P70 -p96 -t2000( -S)?"$' \
  file '/etc/default/jackd' matches '^JACKD_SERVER="-R -P70 -p96 -t2000( -S)?"$'
ask card 90 '`systemctl list-units --plain --no-legend --state=active '\''jackd@*.service'\'' | wc -l` is "1"' \
  'is "1"' \
  run 'systemctl list-units --plain --no-legend --state=active '\''jackd@*.service'\'' | wc -l' prints '1'
ask boot 0 'file /etc/systemd/system/jackd@.service has a line that matches ^StartLimitBurst=5$' \
  'has a line that matches ^StartLimitBurst=5$' \
  file '/etc/systemd/system/jackd@.service' matches '^StartLimitBurst=5$'
ask card 90 '`journalctl -q -b -u jackd-card.service -o cat | grep ^JACK | tail -n 1` has a line that matches ^JACK plays through .*: .' \
  'has a line that matches ^JACK plays through .*: .' \
  run 'journalctl -q -b -u jackd-card.service -o cat | grep ^JACK | tail -n 1' matches '^JACK plays through .*: .'
ask card 60 '`ps -eLo cls,rtprio,comm` has a line that matches ^ *FF +70 jackd$' \
  'has a line that matches ^ *FF +70 jackd$' \
  run 'ps -eLo cls,rtprio,comm' matches '^ *FF +70 jackd$'
ask card 60 '`JACK_NO_START_SERVER=1 su -s /bin/sh -c jack_lsp $(id -nu 1000)` has a line that matches ^system:(playback|capture)_1$' \
  'has a line that matches ^system:(playback|capture)_1$' \
  run 'JACK_NO_START_SERVER=1 su -s /bin/sh -c jack_lsp $(id -nu 1000)' matches '^system:(playback|capture)_1$'
ask card 60 '`awk '\''/^VmLck/ { print ($2 < 32768 + 40 * 96) ? "little" : $2 }'\'' "/proc/$(pidof jackd)/status"` is "little"' \
  'is "little"' \
  run 'awk '\''/^VmLck/ { print ($2 < 32768 + 40 * 96) ? "little" : $2 }'\'' "/proc/$(pidof jackd)/status"' prints 'little'
told
;;
  esac
}
