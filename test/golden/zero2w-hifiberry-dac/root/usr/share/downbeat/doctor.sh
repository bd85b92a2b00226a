# What downbeat-doctor asks on this image. Made by downbeat.
image='zero2w-hifiberry-dac'

boards() {
  :
  board 'raspberrypi,model-zero-2-w' 'at least 2000 mA' none
  radio 'raspberrypi,model-zero-2-w' 'Wi-Fi works only where the radio is a BCM43430/1: Debian has no firmware for the BCM43430/2 that others have (it works with --base raspios-lite-arm64, and with kernel.source packaged or raspberrypi)' 'BCM43430/2' 'BCM43430/1'
}

ask_all() {
  :

tuning 'clock-at-boot' \
  'The clock is set by one question when a network is there, never while JACK runs, and by nobody who stays; the next boot goes on from the last time that the card has known' \
  'journalctl -b -u downbeat-clock says who was asked; /etc/default/downbeat-clock says who is to be asked'
ask boot 0 'package rdate is installed' \
  'installed' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' rdate 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'installed'
ask boot 0 'unit downbeat-clock-kept.service is active' \
  'active' \
  run 'systemctl is-active '\''downbeat-clock-kept.service'\''' matches '^active'
ask boot 0 'file /etc/systemd/system/downbeat-clock.service has no line that matches ^WantedBy=' \
  'has no line that matches ^WantedBy=' \
  file '/etc/systemd/system/downbeat-clock.service' lacks '^WantedBy='
ask boot 0 '`/usr/lib/downbeat/clock set && ! pgrep -x '\''rdate|ntpd|chronyd|systemd-timesyn'\'' && echo nobody` is "nobody"' \
  'is "nobody"' \
  run '/usr/lib/downbeat/clock set && ! pgrep -x '\''rdate|ntpd|chronyd|systemd-timesyn'\'' && echo nobody' prints 'nobody'
told

tuning 'clock-pinned' \
  'Without a frequency driver the ARM stays where the firmware leaves it, so it is told to leave it at full speed' \
  'build the image anew with --set tunings.clock-pinned=on and flash it; tunings/clock-pinned.yaml says what it changes'
ask boot 0 'file /boot/firmware/config.txt has a line that matches ^force_turbo=1$' \
  'has a line that matches ^force_turbo=1$' \
  file '/boot/firmware/config.txt' matches '^force_turbo=1$'
ask device 0 '`cd /sys/kernel/debug/clk/fw-clk-arm && [ "$(cat clk_rate)" = "$(cat clk_max_rate)" ] && echo at its top` is "at its top"' \
  'is "at its top"' \
  run 'cd /sys/kernel/debug/clk/fw-clk-arm && [ "$(cat clk_rate)" = "$(cat clk_max_rate)" ] && echo at its top' prints 'at its top'
told

of_card 'cpu-isolation'

tuning 'fewer-card-writes' \
  'The SD card is written to once a minute at most, and what is temporary never reaches it' \
  'build the image anew with --set tunings.fewer-card-writes=on and flash it; tunings/fewer-card-writes.yaml says what it changes'
ask boot 0 'file /etc/fstab has a line that matches  / ext4 .*commit=60' \
  'has a line that matches  / ext4 .*commit=60' \
  file '/etc/fstab' matches ' / ext4 .*commit=60'
ask boot 0 'file /etc/fstab has a line that matches ^tmpfs /var/tmp tmpfs' \
  'has a line that matches ^tmpfs /var/tmp tmpfs' \
  file '/etc/fstab' matches '^tmpfs /var/tmp tmpfs'
ask boot 0 '`findmnt -no OPTIONS /media/card || findmnt -no OPTIONS /` has a line that matches ^ro,|commit=60' \
  'has a line that matches ^ro,|commit=60' \
  run 'findmnt -no OPTIONS /media/card || findmnt -no OPTIONS /' matches '^ro,|commit=60'
ask boot 0 '`findmnt -no FSTYPE /var/tmp` is "tmpfs"' \
  'is "tmpfs"' \
  run 'findmnt -no FSTYPE /var/tmp' prints 'tmpfs'
told

tuning 'headless-memory' \
  'The graphics processor keeps 16 MB only, because nobody looks at a screen' \
  'build the image anew with --set tunings.headless-memory=on and flash it; tunings/headless-memory.yaml says what it changes'
ask boot 0 'file /boot/firmware/config.txt has a line that matches ^gpu_mem=16$' \
  'has a line that matches ^gpu_mem=16$' \
  file '/boot/firmware/config.txt' matches '^gpu_mem=16$'
told

of_card 'i2s-card-first'

of_card 'irq-priorities'

tuning 'jack-midi' \
  'Every MIDI port, on USB or GPIO, is a port of JACK too, and comes and goes with its plug' \
  'build the image anew with --set tunings.jack-midi=on and flash it; tunings/jack-midi.yaml says what it changes'
ask boot 0 'file /etc/modules-load.d/jack-midi.conf has a line that matches ^snd-seq$' \
  'has a line that matches ^snd-seq$' \
  file '/etc/modules-load.d/jack-midi.conf' matches '^snd-seq$'
ask boot 0 '`cat /proc/modules` has a line that matches ^snd_seq ' \
  'has a line that matches ^snd_seq ' \
  run 'cat /proc/modules' matches '^snd_seq '
ask card 60 '`cat /proc/asound/seq/clients` has a line that matches jack' \
  'has a line that matches jack' \
  run 'cat /proc/asound/seq/clients' matches 'jack'
told

tuning 'jack-packages' \
  'The JACK server is a package of our own, patched for the Pi and without D-Bus, and apt leaves it alone' \
  'build the image anew with --set tunings.jack-packages=on and flash it; tunings/jack-packages.yaml says what it changes'
ask boot 0 'file /etc/apt/preferences.d/jack has a line that matches ^Pin-Priority. 1001$' \
  'has a line that matches ^Pin-Priority. 1001$' \
  file '/etc/apt/preferences.d/jack' matches '^Pin-Priority. 1001$'
ask boot 0 '`apt-cache policy jackd1 jackd2` has a line that matches ^ \*\*\* [^ ]+\+rt[0-9]+ 1001$' \
  'has a line that matches ^ \*\*\* [^ ]+\+rt[0-9]+ 1001$' \
  run 'apt-cache policy jackd1 jackd2' matches '^ \*\*\* [^ ]+\+rt[0-9]+ 1001$'
told

of_card 'jack-service'

tuning 'jack-tools' \
  'downbeat-latency finds the smallest period that JACK keeps up with; jack_iodelay measures the whole way through a cable' \
  'JACK has to run: journalctl -b -u '\''jackd*'\'' says why it does not'
ask boot 0 'package jack-example-tools is installed' \
  'installed' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' jack-example-tools 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'installed'
ask boot 0 '`ls /usr/bin/jack_iodelay /usr/bin/jack_lsp /usr/bin/jack_cpu_load | wc -l` is "3"' \
  'is "3"' \
  run 'ls /usr/bin/jack_iodelay /usr/bin/jack_lsp /usr/bin/jack_cpu_load | wc -l' prints '3'
ask boot 0 '`downbeat-latency --help | head -n 1` has a line that matches ^downbeat-latency .-s SECONDS' \
  'has a line that matches ^downbeat-latency .-s SECONDS' \
  run 'downbeat-latency --help | head -n 1' matches '^downbeat-latency .-s SECONDS'
ask card 60 '`JACK_NO_START_SERVER=1 su -s /bin/sh -c '\''downbeat-xruns -i 0 -t 1 -w 30'\'' $(id -nu 1000)` has a line that matches "period":[0-9]+,"cycles":[1-9]' \
  'has a line that matches "period":[0-9]+,"cycles":[1-9]' \
  run 'JACK_NO_START_SERVER=1 su -s /bin/sh -c '\''downbeat-xruns -i 0 -t 1 -w 30'\'' $(id -nu 1000)' matches '"period":[0-9]+,"cycles":[1-9]'
told

tuning 'kernel-tells-config' \
  'The running kernel tells how it was built, so that every proof about it can be made on the device' \
  'build the image anew with --set tunings.kernel-tells-config=on and flash it; tunings/kernel-tells-config.yaml says what it changes'
ask boot 0 'kernel has CONFIG_IKCONFIG_PROC=y' \
  'CONFIG_IKCONFIG_PROC=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_IKCONFIG_PROC[= ]'\'' || echo '\''# CONFIG_IKCONFIG_PROC is not set'\''' prints 'CONFIG_IKCONFIG_PROC=y'
ask boot 0 '`zcat /proc/config.gz | grep -c '\''^CONFIG_IKCONFIG_PROC=y$'\''` is "1"' \
  'is "1"' \
  run 'zcat /proc/config.gz | grep -c '\''^CONFIG_IKCONFIG_PROC=y$'\''' prints '1'
told

tuning 'name-in-network' \
  'The card answers to its name with .local, in any network and on a cable to a computer, without D-Bus; nobody has to look for its address, and nothing wakes up until somebody asks' \
  'systemctl status downbeat-name says why it does not run; /usr/lib/downbeat/own-name asks again'
ask boot 0 'unit downbeat-name.service is active' \
  'active' \
  run 'systemctl is-active '\''downbeat-name.service'\''' matches '^active'
ask boot 0 'file /etc/avahi/avahi-daemon.conf has a line that matches ^enable-dbus=no$' \
  'has a line that matches ^enable-dbus=no$' \
  file '/etc/avahi/avahi-daemon.conf' matches '^enable-dbus=no$'
ask boot 0 '`ps -o user= -C avahi-daemon` is "avahi"' \
  'is "avahi"' \
  run 'ps -o user= -C avahi-daemon' prints 'avahi'
ask device 0 '`/usr/lib/downbeat/own-name` has a line that matches ^(.* is [0-9.]+ in the network of .*|no network)$ and has no line that matches not known' \
  'has a line that matches ^(.* is [0-9.]+ in the network of .*|no network)$ and has no line that matches not known' \
  run '/usr/lib/downbeat/own-name' matches '^(.* is [0-9.]+ in the network of .*|no network)$' lacks 'not known'
told

tuning 'no-bluetooth' \
  'No Bluetooth, which would keep the good UART and interrupt for every advertisement in the room' \
  'build the image anew with --set tunings.no-bluetooth=on and flash it; tunings/no-bluetooth.yaml says what it changes'
ask boot 0 'kernel has # CONFIG_BT is not set' \
  '# CONFIG_BT is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_BT[= ]'\'' || echo '\''# CONFIG_BT is not set'\''' prints '# CONFIG_BT is not set'
ask boot 0 '`ls /sys/class/bluetooth 2>/dev/null | wc -l` is "0"' \
  'is "0"' \
  run 'ls /sys/class/bluetooth 2>/dev/null | wc -l' prints '0'
told

tuning 'no-cpu-idle-states' \
  'Waking from a deep idle state takes time that the sound card'\''s interrupt has to wait' \
  'build the image anew with --set tunings.no-cpu-idle-states=on and flash it; tunings/no-cpu-idle-states.yaml says what it changes'
ask boot 0 'kernel has # CONFIG_CPU_IDLE is not set' \
  '# CONFIG_CPU_IDLE is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_CPU_IDLE[= ]'\'' || echo '\''# CONFIG_CPU_IDLE is not set'\''' prints '# CONFIG_CPU_IDLE is not set'
ask boot 0 '`ls -d /sys/devices/system/cpu/cpu*/cpuidle 2>/dev/null | wc -l` is "0"' \
  'is "0"' \
  run 'ls -d /sys/devices/system/cpu/cpu*/cpuidle 2>/dev/null | wc -l' prints '0'
told

tuning 'no-dbus' \
  'There is no message bus, and so nobody who wakes up for its messages' \
  'build the image anew with --set tunings.no-dbus=on and flash it; tunings/no-dbus.yaml says what it changes'
ask boot 0 'package dbus-daemon is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' dbus-daemon 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package dbus-user-session is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' dbus-user-session 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package dbus-x11 is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' dbus-x11 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 '`ps -eo comm | grep -c '\''^dbus'\''` is "0"' \
  'is "0"' \
  run 'ps -eo comm | grep -c '\''^dbus'\''' prints '0'
told

tuning 'no-debug-kernel' \
  'The kernel carries nothing that measures, traces or checks its own locks while a buffer is due' \
  'build the image anew with --set tunings.no-debug-kernel=on and flash it; tunings/no-debug-kernel.yaml says what it changes'
ask boot 0 'kernel has # CONFIG_FTRACE is not set' \
  '# CONFIG_FTRACE is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_FTRACE[= ]'\'' || echo '\''# CONFIG_FTRACE is not set'\''' prints '# CONFIG_FTRACE is not set'
ask boot 0 'kernel has # CONFIG_DEBUG_PREEMPT is not set' \
  '# CONFIG_DEBUG_PREEMPT is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_DEBUG_PREEMPT[= ]'\'' || echo '\''# CONFIG_DEBUG_PREEMPT is not set'\''' prints '# CONFIG_DEBUG_PREEMPT is not set'
ask boot 0 'kernel has # CONFIG_PROVE_LOCKING is not set' \
  '# CONFIG_PROVE_LOCKING is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_PROVE_LOCKING[= ]'\'' || echo '\''# CONFIG_PROVE_LOCKING is not set'\''' prints '# CONFIG_PROVE_LOCKING is not set'
ask boot 0 'kernel has # CONFIG_LOCKUP_DETECTOR is not set' \
  '# CONFIG_LOCKUP_DETECTOR is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_LOCKUP_DETECTOR[= ]'\'' || echo '\''# CONFIG_LOCKUP_DETECTOR is not set'\''' prints '# CONFIG_LOCKUP_DETECTOR is not set'
ask boot 0 'kernel has # CONFIG_DETECT_HUNG_TASK is not set' \
  '# CONFIG_DETECT_HUNG_TASK is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_DETECT_HUNG_TASK[= ]'\'' || echo '\''# CONFIG_DETECT_HUNG_TASK is not set'\''' prints '# CONFIG_DETECT_HUNG_TASK is not set'
ask boot 0 'kernel has # CONFIG_SCHEDSTATS is not set' \
  '# CONFIG_SCHEDSTATS is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SCHEDSTATS[= ]'\'' || echo '\''# CONFIG_SCHEDSTATS is not set'\''' prints '# CONFIG_SCHEDSTATS is not set'
told

tuning 'no-frequency-scaling' \
  'A clock that changes its speed is late for a while each time it does, which is heard as a glitch' \
  'build the image anew with --set tunings.no-frequency-scaling=on and flash it; tunings/no-frequency-scaling.yaml says what it changes'
ask boot 0 'kernel has # CONFIG_CPU_FREQ is not set' \
  '# CONFIG_CPU_FREQ is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_CPU_FREQ[= ]'\'' || echo '\''# CONFIG_CPU_FREQ is not set'\''' prints '# CONFIG_CPU_FREQ is not set'
ask boot 0 '`ls -d /sys/devices/system/cpu/cpu*/cpufreq 2>/dev/null | wc -l` is "0"' \
  'is "0"' \
  run 'ls -d /sys/devices/system/cpu/cpu*/cpufreq 2>/dev/null | wc -l' prints '0'
told

tuning 'no-hdmi' \
  'The firmware does not look for a screen and leaves the output off' \
  'build the image anew with --set tunings.no-hdmi=on and flash it; tunings/no-hdmi.yaml says what it changes'
ask boot 0 'file /boot/firmware/config.txt has a line that matches ^hdmi_ignore_hotplug=1$' \
  'has a line that matches ^hdmi_ignore_hotplug=1$' \
  file '/boot/firmware/config.txt' matches '^hdmi_ignore_hotplug=1$'
told

tuning 'no-power-transitions' \
  'No core is ever taken off line and the board never sleeps; both stop every core for a while' \
  'build the image anew with --set tunings.no-power-transitions=on and flash it; tunings/no-power-transitions.yaml says what it changes'
ask boot 0 'kernel has # CONFIG_SUSPEND is not set' \
  '# CONFIG_SUSPEND is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SUSPEND[= ]'\'' || echo '\''# CONFIG_SUSPEND is not set'\''' prints '# CONFIG_SUSPEND is not set'
ask boot 0 'kernel has # CONFIG_HIBERNATION is not set' \
  '# CONFIG_HIBERNATION is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_HIBERNATION[= ]'\'' || echo '\''# CONFIG_HIBERNATION is not set'\''' prints '# CONFIG_HIBERNATION is not set'
ask boot 0 'kernel has # CONFIG_HOTPLUG_CPU is not set' \
  '# CONFIG_HOTPLUG_CPU is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_HOTPLUG_CPU[= ]'\'' || echo '\''# CONFIG_HOTPLUG_CPU is not set'\''' prints '# CONFIG_HOTPLUG_CPU is not set'
ask boot 0 '`ls /sys/devices/system/cpu/cpu1/online 2>/dev/null | wc -l` is "0"' \
  'is "0"' \
  run 'ls /sys/devices/system/cpu/cpu1/online 2>/dev/null | wc -l' prints '0'
told

tuning 'no-python' \
  'There is no Python, which Debian'\''s JACK brings for a tool of its D-Bus server' \
  'a package that was installed later has brought it; apt-get autoremove takes it away when nothing needs it any more'
ask boot 0 'package python3 is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' python3 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package python3-minimal is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' python3-minimal 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 '`ls /usr/bin/python3 2>/dev/null | wc -l` is "0"' \
  'is "0"' \
  run 'ls /usr/bin/python3 2>/dev/null | wc -l' prints '0'
told

tuning 'no-rt-throttling' \
  'A busy JACK graph may have its core to the last cycle; ordinary programs have the other cores' \
  'build the image anew with --set tunings.no-rt-throttling=on and flash it; tunings/no-rt-throttling.yaml says what it changes'
ask boot 0 'file /etc/systemd/system/jackd@.service.d/no-rt-throttling.conf has a line that matches /fair_server/cpu3/runtime' \
  'has a line that matches /fair_server/cpu3/runtime' \
  file '/etc/systemd/system/jackd@.service.d/no-rt-throttling.conf' matches '/fair_server/cpu3/runtime'
ask card 60 '`cat /sys/kernel/debug/sched/fair_server/cpu3/runtime` is "0"' \
  'is "0"' \
  run 'cat /sys/kernel/debug/sched/fair_server/cpu3/runtime' prints '0'
told

tuning 'no-second-server' \
  'A program that finds no JACK server does not start one of its own, with other settings, that takes the card away' \
  'build the image anew with --set tunings.no-second-server=on and flash it; tunings/no-second-server.yaml says what it changes'
ask boot 0 'file /etc/environment has a line that matches ^JACK_NO_START_SERVER=1$' \
  'has a line that matches ^JACK_NO_START_SERVER=1$' \
  file '/etc/environment' matches '^JACK_NO_START_SERVER=1$'
ask boot 0 '`su - $(id -nu 1000) -c '\''echo "$JACK_NO_START_SERVER"'\''` is "1"' \
  'is "1"' \
  run 'su - $(id -nu 1000) -c '\''echo "$JACK_NO_START_SERVER"'\''' prints '1'
told

tuning 'no-session-daemons' \
  'Policy daemons, other sound servers and desktops that the wiki has its readers kill are not even installed' \
  'build the image anew with --set tunings.no-session-daemons=on and flash it; tunings/no-session-daemons.yaml says what it changes'
ask boot 0 'package polkitd is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' polkitd 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package consolekit is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' consolekit 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package gvfs is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' gvfs 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package rtkit is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' rtkit 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package triggerhappy is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' triggerhappy 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package ifplugd is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' ifplugd 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package ntpsec is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' ntpsec 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package avahi-daemon is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' avahi-daemon 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package pulseaudio is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' pulseaudio 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package pipewire is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' pipewire 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package xserver-xorg-core is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' xserver-xorg-core 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package qjackctl is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' qjackctl 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 '`ps -eo comm | grep -cE '\''^(polkitd|gvfsd|console-kit|pulseaudio|pipewire|ntpd)'\''` is "0"' \
  'is "0"' \
  run 'ps -eo comm | grep -cE '\''^(polkitd|gvfsd|console-kit|pulseaudio|pipewire|ntpd)'\''' prints '0'
told

tuning 'no-swap' \
  'A page fetched from the SD card takes longer than a whole JACK buffer' \
  'build the image anew with --set tunings.no-swap=on and flash it; tunings/no-swap.yaml says what it changes'
ask boot 0 'file /etc/sysctl.d/90-downbeat.conf has a line that matches ^vm\.swappiness = 10$' \
  'has a line that matches ^vm\.swappiness = 10$' \
  file '/etc/sysctl.d/90-downbeat.conf' matches '^vm\.swappiness = 10$'
ask boot 0 '`tail -n +2 /proc/swaps | wc -l` is "0"' \
  'is "0"' \
  run 'tail -n +2 /proc/swaps | wc -l' prints '0'
ask boot 0 '`sysctl -n vm.swappiness` is "10"' \
  'is "10"' \
  run 'sysctl -n vm.swappiness' prints '10'
ask boot 0 'package dphys-swapfile is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' dphys-swapfile 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package zram-tools is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' zram-tools 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package systemd-zram-generator is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' systemd-zram-generator 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
ask boot 0 'package rpi-swap is absent' \
  'absent' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' rpi-swap 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'absent'
told

tuning 'no-time-daemon' \
  'Nothing steps or slews the clock while sound is played: no daemon keeps it. clock-at-boot sets it once, while JACK does not run' \
  'build the image anew with --set tunings.no-time-daemon=on and flash it; tunings/no-time-daemon.yaml says what it changes'
ask boot 0 'unit systemd-timesyncd.service is masked' \
  'masked' \
  run 'systemctl is-enabled '\''systemd-timesyncd.service'\''' matches '^masked'
told

tuning 'no-usb-autosuspend' \
  'A sound card or MIDI keyboard that was quiet for two seconds is not put to sleep' \
  'build the image anew with --set tunings.no-usb-autosuspend=on and flash it; tunings/no-usb-autosuspend.yaml says what it changes'
ask boot 0 'file /boot/firmware/cmdline.txt has a line that matches usbcore\.autosuspend=-1' \
  'has a line that matches usbcore\.autosuspend=-1' \
  file '/boot/firmware/cmdline.txt' matches 'usbcore\.autosuspend=-1'
ask boot 0 '`cat /sys/module/usbcore/parameters/autosuspend` is "-1"' \
  'is "-1"' \
  run 'cat /sys/module/usbcore/parameters/autosuspend' prints '-1'
told

tuning 'no-wifi-power-save' \
  'The radio does not doze between two beacons, so what comes over Wi-Fi is not late by a tenth of a second and more' \
  'sudo iw dev wlan0 set power_save off switches it off until the next start'
ask boot 0 'package iw is installed' \
  'installed' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' iw 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'installed'
ask boot 0 'file /etc/udev/rules.d/90-downbeat.rules has a line that matches RUN\+="/usr/sbin/iw dev \$name set power_save off"$' \
  'has a line that matches RUN\+="/usr/sbin/iw dev \$name set power_save off"$' \
  file '/etc/udev/rules.d/90-downbeat.rules' matches 'RUN\+="/usr/sbin/iw dev \$name set power_save off"$'
ask boot 0 '`ls /usr/sbin/iw` is "/usr/sbin/iw"' \
  'is "/usr/sbin/iw"' \
  run 'ls /usr/sbin/iw' prints '/usr/sbin/iw'
ask device 0 '`for radio in /sys/class/net/*/phy80211; do [ ! -e "$radio" ] || iw dev "$(basename "${radio%/*}")" get power_save; done` has no line that matches Power save: on' \
  'has no line that matches Power save: on' \
  run 'for radio in /sys/class/net/*/phy80211; do [ ! -e "$radio" ] || iw dev "$(basename "${radio%/*}")" get power_save; done' lacks 'Power save: on'
told

tuning 'onboard-audio' \
  'The headphone socket has its driver, which JACK can use because its buffer can be mapped into memory' \
  'build the image anew with --set tunings.onboard-audio=on and flash it; tunings/onboard-audio.yaml says what it changes'
ask boot 0 'kernel has CONFIG_STAGING=y' \
  'CONFIG_STAGING=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_STAGING[= ]'\'' || echo '\''# CONFIG_STAGING is not set'\''' prints 'CONFIG_STAGING=y'
ask boot 0 'kernel has CONFIG_BCM_VIDEOCORE=y' \
  'CONFIG_BCM_VIDEOCORE=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_BCM_VIDEOCORE[= ]'\'' || echo '\''# CONFIG_BCM_VIDEOCORE is not set'\''' prints 'CONFIG_BCM_VIDEOCORE=y'
ask boot 0 'kernel has CONFIG_BCM2835_VCHIQ=m' \
  'CONFIG_BCM2835_VCHIQ=m' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_BCM2835_VCHIQ[= ]'\'' || echo '\''# CONFIG_BCM2835_VCHIQ is not set'\''' prints 'CONFIG_BCM2835_VCHIQ=m'
ask boot 0 'kernel has CONFIG_SND_BCM2835=m' \
  'CONFIG_SND_BCM2835=m' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SND_BCM2835[= ]'\'' || echo '\''# CONFIG_SND_BCM2835 is not set'\''' prints 'CONFIG_SND_BCM2835=m'
told

tuning 'quiet-cores' \
  'The timer ticks of the cores do not fall on the same instant, where they would wait for each other'\''s locks' \
  'build the image anew with --set tunings.quiet-cores=on and flash it; tunings/quiet-cores.yaml says what it changes'
ask boot 0 'file /boot/firmware/cmdline.txt has a line that matches (^| )skew_tick=1( |$)' \
  'has a line that matches (^| )skew_tick=1( |$)' \
  file '/boot/firmware/cmdline.txt' matches '(^| )skew_tick=1( |$)'
ask boot 0 '`cat /proc/cmdline` has a line that matches (^| )skew_tick=1( |$)' \
  'has a line that matches (^| )skew_tick=1( |$)' \
  run 'cat /proc/cmdline' matches '(^| )skew_tick=1( |$)'
told

tuning 'quiet-services' \
  'Nothing looks for updates or checks the disk in the middle of a song' \
  'build the image anew with --set tunings.quiet-services=on and flash it; tunings/quiet-services.yaml says what it changes'
ask boot 0 'unit apt-daily.timer is masked' \
  'masked' \
  run 'systemctl is-enabled '\''apt-daily.timer'\''' matches '^masked'
ask boot 0 'unit apt-daily-upgrade.timer is masked' \
  'masked' \
  run 'systemctl is-enabled '\''apt-daily-upgrade.timer'\''' matches '^masked'
ask boot 0 'unit dpkg-db-backup.timer is masked' \
  'masked' \
  run 'systemctl is-enabled '\''dpkg-db-backup.timer'\''' matches '^masked'
ask boot 0 'unit e2scrub_all.timer is masked' \
  'masked' \
  run 'systemctl is-enabled '\''e2scrub_all.timer'\''' matches '^masked'
ask boot 0 'unit e2scrub_reap.service is masked' \
  'masked' \
  run 'systemctl is-enabled '\''e2scrub_reap.service'\''' matches '^masked'
ask boot 0 'unit fstrim.timer is masked' \
  'masked' \
  run 'systemctl is-enabled '\''fstrim.timer'\''' matches '^masked'
told

tuning 'realtime-kernel' \
  'A fully preemptible kernel lets JACK run within microseconds of the card'\''s interrupt, whatever else goes on' \
  'build the image anew with --set tunings.realtime-kernel=on and flash it; tunings/realtime-kernel.yaml says what it changes'
ask boot 0 'kernel has CONFIG_PREEMPT_RT=y' \
  'CONFIG_PREEMPT_RT=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_PREEMPT_RT[= ]'\'' || echo '\''# CONFIG_PREEMPT_RT is not set'\''' prints 'CONFIG_PREEMPT_RT=y'
ask boot 0 'kernel has CONFIG_RCU_BOOST=y' \
  'CONFIG_RCU_BOOST=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_RCU_BOOST[= ]'\'' || echo '\''# CONFIG_RCU_BOOST is not set'\''' prints 'CONFIG_RCU_BOOST=y'
ask boot 0 'kernel has CONFIG_RCU_NOCB_CPU_CB_BOOST=y' \
  'CONFIG_RCU_NOCB_CPU_CB_BOOST=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_RCU_NOCB_CPU_CB_BOOST[= ]'\'' || echo '\''# CONFIG_RCU_NOCB_CPU_CB_BOOST is not set'\''' prints 'CONFIG_RCU_NOCB_CPU_CB_BOOST=y'
ask boot 0 'kernel has # CONFIG_SCHED_AUTOGROUP is not set' \
  '# CONFIG_SCHED_AUTOGROUP is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SCHED_AUTOGROUP[= ]'\'' || echo '\''# CONFIG_SCHED_AUTOGROUP is not set'\''' prints '# CONFIG_SCHED_AUTOGROUP is not set'
ask boot 0 'kernel has # CONFIG_RT_GROUP_SCHED is not set' \
  '# CONFIG_RT_GROUP_SCHED is not set' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_RT_GROUP_SCHED[= ]'\'' || echo '\''# CONFIG_RT_GROUP_SCHED is not set'\''' prints '# CONFIG_RT_GROUP_SCHED is not set'
ask boot 0 '`uname -v` has a line that matches PREEMPT_RT' \
  'has a line that matches PREEMPT_RT' \
  run 'uname -v' matches 'PREEMPT_RT'
ask boot 0 '`cat /proc/[0-9]*/comm 2>/dev/null | grep -cx '\''irq_work/0'\''` is "1"' \
  'is "1"' \
  run 'cat /proc/[0-9]*/comm 2>/dev/null | grep -cx '\''irq_work/0'\''' prints '1'
told

tuning 'realtime-limits' \
  'Programs of the user may take a realtime priority and lock their memory, so JACK clients are never paged out' \
  'build the image anew with --set tunings.realtime-limits=on and flash it; tunings/realtime-limits.yaml says what it changes'
ask boot 0 'file /etc/security/limits.d/95-downbeat.conf has a line that matches ^@audio - rtprio 70$' \
  'has a line that matches ^@audio - rtprio 70$' \
  file '/etc/security/limits.d/95-downbeat.conf' matches '^@audio - rtprio 70$'
ask boot 0 'file /etc/security/limits.d/95-downbeat.conf has a line that matches ^@audio - memlock unlimited$' \
  'has a line that matches ^@audio - memlock unlimited$' \
  file '/etc/security/limits.d/95-downbeat.conf' matches '^@audio - memlock unlimited$'
ask boot 0 '`su -s /bin/sh -c '\''ulimit -r; ulimit -l'\'' $(id -nu 1000)` is "70\nunlimited"' \
  'is "70\nunlimited"' \
  run 'su -s /bin/sh -c '\''ulimit -r; ulimit -l'\'' $(id -nu 1000)' prints '70
unlimited'
told

tuning 'scheduling-latency' \
  'How late a realtime thread wakes up can be measured on the card itself, with cyclictest and without the Python it comes with' \
  'look at the priorities and interrupts that downbeat-doctor lists; what is above jackd and new there is the first suspect'
ask boot 0 'package libnuma1 is installed' \
  'installed' \
  run 'dpkg-query -W -f '\''${db:Status-Abbrev}\n'\'' libnuma1 2>/dev/null | grep -q ^ii && echo installed || echo absent' prints 'installed'
ask boot 0 '`cyclictest -q -m -p 70 -i 1000 -l 200` has a line that matches Max: +[0-9]' \
  'has a line that matches Max: +[0-9]' \
  run 'cyclictest -q -m -p 70 -i 1000 -l 200' matches 'Max: +[0-9]'
told

tuning 'serial-console' \
  'The way in when the network is not one, a serial port at 115200 baud (on GPIO 14 and 15, or as the board'\''s notes say), with a core clock that keeps its baud rate' \
  'build the image anew with --set tunings.serial-console=on and flash it; tunings/serial-console.yaml says what it changes'
ask boot 0 'file /boot/firmware/cmdline.txt has a line that matches (^| )console=(ttyS1),115200( |$)' \
  'has a line that matches (^| )console=(ttyS1),115200( |$)' \
  file '/boot/firmware/cmdline.txt' matches '(^| )console=(ttyS1),115200( |$)'
ask boot 0 'file /boot/firmware/config.txt has a line that matches ^(enable_uart=1|dtparam=uart0_console)$' \
  'has a line that matches ^(enable_uart=1|dtparam=uart0_console)$' \
  file '/boot/firmware/config.txt' matches '^(enable_uart=1|dtparam=uart0_console)$'
told

tuning 'shm-size' \
  'JACK2 keeps its port buffers in /dev/shm, up to 74 MB of them, which half of a small board'\''s memory may not hold' \
  'build the image anew with --set tunings.shm-size=on and flash it; tunings/shm-size.yaml says what it changes'
ask boot 0 'file /etc/fstab has a line that matches ^tmpfs /dev/shm tmpfs nosuid,nodev,size=128M 0 0$' \
  'has a line that matches ^tmpfs /dev/shm tmpfs nosuid,nodev,size=128M 0 0$' \
  file '/etc/fstab' matches '^tmpfs /dev/shm tmpfs nosuid,nodev,size=128M 0 0$'
ask boot 0 '`findmnt -bno SIZE /dev/shm` is "134217728"' \
  'is "134217728"' \
  run 'findmnt -bno SIZE /dev/shm' prints '134217728'
told

tuning 'soundcard-mixer' \
  'The mixer of the sound card is set so that it plays and records before JACK starts; what somebody changes is kept' \
  'amixer -c CARD contents shows what the card has (CARD as cat /proc/asound/cards shows it); /etc/downbeat/mixer is what it is set to'
ask boot 0 '`grep -o '\''alsactl.* store$'\'' /usr/lib/systemd/system/alsa-restore.service` has a line that matches ^alsactl.* store$' \
  'has a line that matches ^alsactl.* store$' \
  run 'grep -o '\''alsactl.* store$'\'' /usr/lib/systemd/system/alsa-restore.service' matches '^alsactl.* store$'
ask boot 0 'file /etc/systemd/system/jackd@.service.d/soundcard-mixer.conf has a line that matches ^After=downbeat-mixer@%i.service$' \
  'has a line that matches ^After=downbeat-mixer@%i.service$' \
  file '/etc/systemd/system/jackd@.service.d/soundcard-mixer.conf' matches '^After=downbeat-mixer@%i.service$'
ask card 90 '`journalctl -q -b -u '\''downbeat-mixer@*'\'' -o cat | grep '\''^The mixer of'\'' | tail -n 1` has a line that matches ^The mixer of [A-Za-z0-9_]+ is (set [(]|as it was left|left as it is)' \
  'has a line that matches ^The mixer of [A-Za-z0-9_]+ is (set [(]|as it was left|left as it is)' \
  run 'journalctl -q -b -u '\''downbeat-mixer@*'\'' -o cat | grep '\''^The mixer of'\'' | tail -n 1' matches '^The mixer of [A-Za-z0-9_]+ is (set [(]|as it was left|left as it is)'
told

tuning 'sysv-shm' \
  'Jack1 keeps its port buffers in System V shared memory' \
  'build the image anew with --set tunings.sysv-shm=on and flash it; tunings/sysv-shm.yaml says what it changes'
ask boot 0 'kernel has CONFIG_SYSVIPC=y' \
  'CONFIG_SYSVIPC=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SYSVIPC[= ]'\'' || echo '\''# CONFIG_SYSVIPC is not set'\''' prints 'CONFIG_SYSVIPC=y'
ask boot 0 '`wc -l </proc/sysvipc/shm` has a line that matches ^[1-9]' \
  'has a line that matches ^[1-9]' \
  run 'wc -l </proc/sysvipc/shm' matches '^[1-9]'
told

tuning 'timer-1000hz' \
  'MIDI sequencers that sleep until the next note wake up on time' \
  'build the image anew with --set tunings.timer-1000hz=on and flash it; tunings/timer-1000hz.yaml says what it changes'
ask boot 0 'kernel has CONFIG_HZ_1000=y' \
  'CONFIG_HZ_1000=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_HZ_1000[= ]'\'' || echo '\''# CONFIG_HZ_1000 is not set'\''' prints 'CONFIG_HZ_1000=y'
ask boot 0 '`awk '\''/^ *.resolution:/ && $2 > 1 { coarse++ } END { print coarse + 0 }'\'' /proc/timer_list` is "0"' \
  'is "0"' \
  run 'awk '\''/^ *.resolution:/ && $2 > 1 { coarse++ } END { print coarse + 0 }'\'' /proc/timer_list' prints '0'
told

tuning 'uart-midi-driver' \
  'The driver that makes a MIDI port of a UART is there when an overlay asks for it' \
  'build the image anew with --set tunings.uart-midi-driver=on and flash it; tunings/uart-midi-driver.yaml says what it changes'
ask boot 0 'kernel has CONFIG_SERIAL_DEV_BUS=y' \
  'CONFIG_SERIAL_DEV_BUS=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SERIAL_DEV_BUS[= ]'\'' || echo '\''# CONFIG_SERIAL_DEV_BUS is not set'\''' prints 'CONFIG_SERIAL_DEV_BUS=y'
ask boot 0 'kernel has CONFIG_SND_SERIAL_GENERIC=m' \
  'CONFIG_SND_SERIAL_GENERIC=m' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SND_SERIAL_GENERIC[= ]'\'' || echo '\''# CONFIG_SND_SERIAL_GENERIC is not set'\''' prints 'CONFIG_SND_SERIAL_GENERIC=m'
ask boot 0 'kernel has CONFIG_SERIAL_DEV_CTRL_TTYPORT=y' \
  'CONFIG_SERIAL_DEV_CTRL_TTYPORT=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SERIAL_DEV_CTRL_TTYPORT[= ]'\'' || echo '\''# CONFIG_SERIAL_DEV_CTRL_TTYPORT is not set'\''' prints 'CONFIG_SERIAL_DEV_CTRL_TTYPORT=y'
told

tuning 'undervoltage-report' \
  'A supply that is too weak slows the board down without a word; this kernel says so' \
  'a supply with the current that ./downbeat plan names for the board, and a short, thick cable'
ask boot 0 'kernel has CONFIG_SENSORS_RASPBERRYPI_HWMON=y' \
  'CONFIG_SENSORS_RASPBERRYPI_HWMON=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SENSORS_RASPBERRYPI_HWMON[= ]'\'' || echo '\''# CONFIG_SENSORS_RASPBERRYPI_HWMON is not set'\''' prints 'CONFIG_SENSORS_RASPBERRYPI_HWMON=y'
ask device 0 '`cat /sys/class/hwmon/hwmon*/in0_lcrit_alarm` is "0"' \
  'is "0"' \
  run 'cat /sys/class/hwmon/hwmon*/in0_lcrit_alarm' prints '0'
told

tuning 'usb-audio' \
  'Every class-compliant USB 1.1 and 2.0 interface works, and those that the kernel has quirks for' \
  'build the image anew with --set tunings.usb-audio=on and flash it; tunings/usb-audio.yaml says what it changes'
ask boot 0 'kernel has CONFIG_SND_USB_AUDIO=m' \
  'CONFIG_SND_USB_AUDIO=m' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SND_USB_AUDIO[= ]'\'' || echo '\''# CONFIG_SND_USB_AUDIO is not set'\''' prints 'CONFIG_SND_USB_AUDIO=m'
ask boot 0 '`modinfo -n snd-usb-audio` has a line that matches \.ko' \
  'has a line that matches \.ko' \
  run 'modinfo -n snd-usb-audio' matches '\.ko'
told

of_card 'usb-card-first'

tuning 'usb-disks' \
  'The root file system may lie on a USB drive, which an overclocked bus does not corrupt' \
  'build the image anew with --set tunings.usb-disks=on and flash it; tunings/usb-disks.yaml says what it changes'
ask boot 0 'kernel has CONFIG_SCSI=y' \
  'CONFIG_SCSI=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_SCSI[= ]'\'' || echo '\''# CONFIG_SCSI is not set'\''' prints 'CONFIG_SCSI=y'
ask boot 0 'kernel has CONFIG_BLK_DEV_SD=y' \
  'CONFIG_BLK_DEV_SD=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_BLK_DEV_SD[= ]'\'' || echo '\''# CONFIG_BLK_DEV_SD is not set'\''' prints 'CONFIG_BLK_DEV_SD=y'
ask boot 0 'kernel has CONFIG_USB_STORAGE=y' \
  'CONFIG_USB_STORAGE=y' \
  run '{ zcat /proc/config.gz || cat /boot/config-*; } 2>/dev/null | grep -E '\''^(# )?CONFIG_USB_STORAGE[= ]'\'' || echo '\''# CONFIG_USB_STORAGE is not set'\''' prints 'CONFIG_USB_STORAGE=y'
ask boot 0 '`ls -d /sys/bus/usb/drivers/usb-storage 2>/dev/null || modinfo -n usb-storage` has a line that matches /usb-storage(\.ko.*)?$' \
  'has a line that matches /usb-storage(\.ko.*)?$' \
  run 'ls -d /sys/bus/usb/drivers/usb-storage 2>/dev/null || modinfo -n usb-storage' matches '/usb-storage(\.ko.*)?$'
told

of_card 'usb-gadget'

of_card 'usb-host-port'

tuning 'volatile-journal' \
  'The journal stays in memory, because a write to the SD card blocks everything else on its bus' \
  'build the image anew with --set tunings.volatile-journal=on and flash it; tunings/volatile-journal.yaml says what it changes'
ask boot 0 'file /etc/systemd/journald.conf.d/volatile.conf has a line that matches ^Storage=volatile$' \
  'has a line that matches ^Storage=volatile$' \
  file '/etc/systemd/journald.conf.d/volatile.conf' matches '^Storage=volatile$'
ask boot 0 '`systemd-analyze cat-config systemd/journald.conf` has a line that matches ^Storage=volatile$' \
  'has a line that matches ^Storage=volatile$' \
  run 'systemd-analyze cat-config systemd/journald.conf' matches '^Storage=volatile$'
told
}
