# What downbeat-doctor asks of this sound card alone. Made by downbeat.
# how /proc/asound/cards names the sound card; nothing: there is none to look for
card=

headline() {
  printf '%s: %s, %s\n' "$image" 'no sound card' \
    'JACK with 2 periods of 128 frames at 48000 Hz: 5.3 ms'
}

known_of_card() {
  :
}

of_card() { # TUNING
  case $1 in
  esac
}
