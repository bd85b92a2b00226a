/** What somebody has typed into Raspberry Pi Imager. */
export interface Customisation {
  hostname: string
  user: string
  /** crypt(3) */
  password: string
  keys: string[]
  ssid: string
  /** 64 hexadecimal digits */
  psk: string
  country: string
  keyboard: string
  timezone: string
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`
const custom = '/usr/lib/raspberrypi-sys-mods/imager_custom'

/**
 * The firstrun.sh of Raspberry Pi Imager 2.0 for an image that says `init_format: systemd`, line by
 * line as CustomisationGenerator::generateSystemdScript of its src/customization_generator.cpp
 * writes it.
 */
export function firstrun(chosen: Customisation): string {
  const keys = chosen.keys.map((key) => ` ${quoted(key)}`).join('')
  return `#!/bin/sh

set +e

CURRENT_HOSTNAME=$(cat /etc/hostname | tr -d " \\t\\n\\r")
if [ -f ${custom} ]; then
   ${custom} set_hostname ${chosen.hostname}
else
   echo ${chosen.hostname} >/etc/hostname
   sed -i "s/127.0.1.1.*$CURRENT_HOSTNAME/127.0.1.1\\t${chosen.hostname}/g" /etc/hosts
fi
FIRSTUSER=$(getent passwd 1000 | cut -d: -f1)
FIRSTUSERHOME=$(getent passwd 1000 | cut -d: -f6)
if [ -f ${custom} ]; then
   ${custom} enable_ssh -k${keys}
else
   install -o "$FIRSTUSER" -m 700 -d "$FIRSTUSERHOME/.ssh"
cat > "$FIRSTUSERHOME/.ssh/authorized_keys" <<'EOF'
${chosen.keys.join('\n')}
EOF
   chown "$FIRSTUSER:$FIRSTUSER" "$FIRSTUSERHOME/.ssh/authorized_keys"
   chmod 600 "$FIRSTUSERHOME/.ssh/authorized_keys"
   echo 'PasswordAuthentication no' >>/etc/ssh/sshd_config
   systemctl enable ssh
fi
if [ -f /usr/lib/userconf-pi/userconf ]; then
   /usr/lib/userconf-pi/userconf ${quoted(chosen.user)} ${quoted(chosen.password)}
else
   echo "$FIRSTUSER:${chosen.password}" | chpasswd -e
   if [ "$FIRSTUSER" != "${chosen.user}" ]; then
      usermod -l "${chosen.user}" "$FIRSTUSER"
      usermod -m -d "/home/${chosen.user}" "${chosen.user}"
      groupmod -n "${chosen.user}" "$FIRSTUSER"
      if grep -q "^autologin-user=" /etc/lightdm/lightdm.conf ; then
         sed /etc/lightdm/lightdm.conf -i -e "s/^autologin-user=.*/autologin-user=${chosen.user}/"
      fi
      if [ -f /etc/systemd/system/getty@tty1.service.d/autologin.conf ]; then
         sed /etc/systemd/system/getty@tty1.service.d/autologin.conf -i -e "s/$FIRSTUSER/${chosen.user}/"
      fi
      if [ -f /etc/sudoers.d/010_pi-nopasswd ]; then
         sed -i "s/^$FIRSTUSER /${chosen.user} /" /etc/sudoers.d/010_pi-nopasswd
      fi
   fi
fi
if [ -f ${custom} ]; then
   ${custom} set_wlan ${quoted(chosen.ssid)} ${quoted(chosen.psk)} ${quoted(chosen.country)}
else
cat >/etc/wpa_supplicant/wpa_supplicant.conf <<'WPAEOF'
country=${chosen.country}
ctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev
ap_scan=1

update_config=1
network={
	ssid="${chosen.ssid}"
	key_mgmt=WPA-PSK SAE
	psk=${chosen.psk}
	ieee80211w=1
}
WPAEOF
   chmod 600 /etc/wpa_supplicant/wpa_supplicant.conf
   rfkill unblock wifi
   for filename in /var/lib/systemd/rfkill/*:wlan ; do
       echo 0 > $filename
   done
fi
if [ -f ${custom} ]; then
   ${custom} set_keymap ${quoted(chosen.keyboard)}
   ${custom} set_timezone ${quoted(chosen.timezone)}
else
   rm -f /etc/localtime
   echo "${chosen.timezone}" >/etc/timezone
   dpkg-reconfigure -f noninteractive tzdata
cat >/etc/default/keyboard <<'KBEOF'
XKBMODEL="pc105"
XKBLAYOUT="${chosen.keyboard}"
XKBVARIANT=""
XKBOPTIONS=""

KBEOF
   dpkg-reconfigure -f noninteractive keyboard-configuration
fi
rm -f /boot/firstrun.sh
sed -i 's| systemd.run.*||g' /boot/cmdline.txt
exit 0
`
}

/** What Imager adds to cmdline.txt (its src/downloadthread.cpp). */
export const runFirstrun = (country: string): string =>
  ` cfg80211.ieee80211_regdom=${country} systemd.run=/boot/firstrun.sh systemd.run_success_action=reboot systemd.unit=kernel-command-line.target`
