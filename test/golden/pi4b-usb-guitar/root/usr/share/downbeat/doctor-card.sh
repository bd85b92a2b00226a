# What downbeat-doctor asks of this sound card alone. Made by downbeat.
# how /proc/asound/cards names the sound card; nothing: there is none to look for
card='USB-Audio'

headline() {
  printf '%s: %s, %s\n' "$image" 'a class-compliant USB interface' \
    'JACK with 3 periods of 128 frames at 48000 Hz: 8.0 ms'
}

known_of_card() {
  :
}

of_card() { # TUNING
  case $1 in
'cpu-isolation')
tuning 'cpu-isolation' \
  'JACK has a core for itself; the thread of its card'\''s interrupt is on the one beside it, and all other interrupts on the first' \
  'systemctl cat '\''jackd@*'\'' and cat /proc/cmdline show who says otherwise'
ask boot 0 'file /boot/firmware/cmdline.txt has a line that matches irqaffinity=0 isolcpus=3 nohz_full=3 rcu_nocbs=3' \
  'has a line that matches irqaffinity=0 isolcpus=3 nohz_full=3 rcu_nocbs=3' \
  file '/boot/firmware/cmdline.txt' matches 'irqaffinity=0 isolcpus=3 nohz_full=3 rcu_nocbs=3'
ask boot 0 'file /etc/systemd/system/jackd@.service.d/cpu-isolation.conf has a line that matches ^CPUAffinity=3$' \
  'has a line that matches ^CPUAffinity=3$' \
  file '/etc/systemd/system/jackd@.service.d/cpu-isolation.conf' matches '^CPUAffinity=3$'
ask boot 0 '`cat /sys/devices/system/cpu/isolated` is "3"' \
  'is "3"' \
  run 'cat /sys/devices/system/cpu/isolated' prints '3'
ask boot 0 '`cat /proc/irq/default_smp_affinity` has a line that matches ^0*1$' \
  'has a line that matches ^0*1$' \
  run 'cat /proc/irq/default_smp_affinity' matches '^0*1$'
ask card 60 '`taskset -acp "$(pidof jackd)"` has a line that matches list: 3$ and has no line that matches list: ([^3]|3.)' \
  'has a line that matches list: 3$ and has no line that matches list: ([^3]|3.)' \
  run 'taskset -acp "$(pidof jackd)"' matches 'list: 3$' lacks 'list: ([^3]|3.)'
ask card 60 '`ps -eo pid=,rtprio=,comm= | awk '\''$2 == 85 && sub(/^irq\//, "", $3) { print $1, $3 + 0 }'\'' | while read -r thread irq; do [ "$(taskset -cp "$thread" | sed '\''s/.*: //'\'')" = 2 ] || ( echo 2 >/proc/irq/"$irq"/smp_affinity_list || taskset -cp 2 "$thread" ) >/dev/null 2>&1 && taskset -cp "$thread"; done | grep -v '\'': 2$'\''` is ""' \
  'is ""' \
  run 'ps -eo pid=,rtprio=,comm= | awk '\''$2 == 85 && sub(/^irq\//, "", $3) { print $1, $3 + 0 }'\'' | while read -r thread irq; do [ "$(taskset -cp "$thread" | sed '\''s/.*: //'\'')" = 2 ] || ( echo 2 >/proc/irq/"$irq"/smp_affinity_list || taskset -cp 2 "$thread" ) >/dev/null 2>&1 && taskset -cp "$thread"; done | grep -v '\'': 2$'\''' prints ''
ask card 0 '`ps -eo pid=,rtprio=,psr=,comm= | awk '\''$2 == 85 && $4 ~ /^irq\// && $3 == 3'\''` is ""' \
  'is ""' \
  run 'ps -eo pid=,rtprio=,psr=,comm= | awk '\''$2 == 85 && $4 ~ /^irq\// && $3 == 3'\''' prints ''
told
;;
'irq-priorities')
tuning 'irq-priorities' \
  'Above jackd runs only the interrupt thread that brings its data; all other interrupts wait for the sound' \
  'sudo systemctl start irq-priorities; journalctl -b -u irq-priorities says what went wrong'
ask boot 0 'file /etc/udev/rules.d/84-irq-priorities.rules has a line that matches SYSTEMD_WANTS\}\+="irq-priorities\.service"' \
  'has a line that matches SYSTEMD_WANTS\}\+="irq-priorities\.service"' \
  file '/etc/udev/rules.d/84-irq-priorities.rules' matches 'SYSTEMD_WANTS\}\+="irq-priorities\.service"'
ask card 60 '`grep -lE '\''dwc2_hsotg|dwc_otg_hcd|xhci'\'' /sys/kernel/irq/*/actions | cut -d/ -f5 | while read -r irq; do ps -eo rtprio=,comm= | awk -v t="irq/$irq-" '\''index($2, t) == 1 { print $1 }'\''; done | sort -u` is "85"' \
  'is "85"' \
  run 'grep -lE '\''dwc2_hsotg|dwc_otg_hcd|xhci'\'' /sys/kernel/irq/*/actions | cut -d/ -f5 | while read -r irq; do ps -eo rtprio=,comm= | awk -v t="irq/$irq-" '\''index($2, t) == 1 { print $1 }'\''; done | sort -u' prints '85'
ask boot 0 '`ps -eLo rtprio=,comm= | awk '\''$1 > 70 && $1 < 99 && $2 != "jackd" && !($1 == 85 && $2 ~ /^irq\//)'\''` is ""' \
  'is ""' \
  run 'ps -eLo rtprio=,comm= | awk '\''$1 > 70 && $1 < 99 && $2 != "jackd" && !($1 == 85 && $2 ~ /^irq\//)'\''' prints ''
ask boot 0 '`ps -eLo rtprio=,comm= | awk '\''$2 ~ /^irq\// && $1 != 85 && $1 != 50 && !($2 ~ /^irq\/[0-9]+-s-/ && $1 == 50 - 1)'\''` is ""' \
  'is ""' \
  run 'ps -eLo rtprio=,comm= | awk '\''$2 ~ /^irq\// && $1 != 85 && $1 != 50 && !($2 ~ /^irq\/[0-9]+-s-/ && $1 == 50 - 1)'\''' prints ''
told
;;
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
'usb-card-first')
tuning 'usb-card-first' \
  'The USB interface is the default card, and on-board sound never takes its place' \
  'cat /proc/asound/cards; a card that came up before its options were read is first until the next boot'
ask boot 0 'file /etc/modprobe.d/alsa-base.conf has a line that matches ^options snd slots=snd_usb_audio$' \
  'has a line that matches ^options snd slots=snd_usb_audio$' \
  file '/etc/modprobe.d/alsa-base.conf' matches '^options snd slots=snd_usb_audio$'
ask boot 0 'file /etc/modprobe.d/alsa-base.conf has a line that matches ^blacklist snd_bcm2835$' \
  'has a line that matches ^blacklist snd_bcm2835$' \
  file '/etc/modprobe.d/alsa-base.conf' matches '^blacklist snd_bcm2835$'
ask boot 0 '`lsmod | grep -c '\''^snd_bcm2835'\''` is "0"' \
  'is "0"' \
  run 'lsmod | grep -c '\''^snd_bcm2835'\''' prints '0'
ask card 20 '`cut -d, -f1 /sys/module/snd/parameters/slots` is "snd_usb_audio"' \
  'is "snd_usb_audio"' \
  run 'cut -d, -f1 /sys/module/snd/parameters/slots' prints 'snd_usb_audio'
ask device 20 '`head -n 1 /proc/asound/cards` has a line that matches ^ 0 .*USB-Audio' \
  'has a line that matches ^ 0 .*USB-Audio' \
  run 'head -n 1 /proc/asound/cards' matches '^ 0 .*USB-Audio'
told
;;
  esac
}
