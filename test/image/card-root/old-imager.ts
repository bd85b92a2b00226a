import { chosen } from '../first-boot/cards.ts'
import type { Card } from './card.ts'
import {
  anna,
  byPassword,
  cmdline,
  country,
  keyboard,
  keys,
  password,
  psk,
  ssh,
  tokyo,
  wifi,
} from './changes.ts'
import { words } from './imager.ts'

const regdom = cmdline(/^-.*\n\+root=\S+-02 (?!.*systemd).*[^ ] cfg80211\.ieee80211_regdom=DE +\n$/)
const user = `FIRSTUSER=\`getent passwd 1000 | cut -d: -f1\`
FIRSTUSERHOME=\`getent passwd 1000 | cut -d: -f6\``
const byHash = `${user}
echo "$FIRSTUSER:"'${chosen.hash}' | chpasswd -e
systemctl enable ssh`
const byKey = `${user}
install -o "$FIRSTUSER" -m 700 -d "$FIRSTUSERHOME/.ssh"
install -o "$FIRSTUSER" -m 600 <(echo "${chosen.key}") "$FIRSTUSERHOME/.ssh/authorized_keys"
echo 'PasswordAuthentication no' >>/etc/ssh/sshd_config
systemctl enable ssh`
const renames = `${user}
echo "$FIRSTUSER:"'${chosen.hash}' | chpasswd -e
if [ "$FIRSTUSER" != "anna" ]; then
   usermod -l "anna" "$FIRSTUSER"
   usermod -m -d "/home/anna" "anna"
   groupmod -n "anna" "$FIRSTUSER"
fi
systemctl enable ssh`

/**
 * The firstrun.sh of Raspberry Pi Imager 1.6 (its src/OptionsPopup.qml): it knows no programs that
 * it could ask. `account` is what it does with the account.
 */
const firstrun = (account: string): Record<string, string> => ({
  'firstrun.sh': `#!/bin/bash

set +e

CURRENT_HOSTNAME=\`cat /etc/hostname | tr -d " \\t\\n\\r"\`
echo ${chosen.hostname} >/etc/hostname
sed -i "s/127.0.1.1.*$CURRENT_HOSTNAME/127.0.1.1\\t${chosen.hostname}/g" /etc/hosts
${account}
cat >/etc/wpa_supplicant/wpa_supplicant.conf <<'WPAEOF'
country=DE
ctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev
ap_scan=1

update_config=1
network={
	ssid="home"
	psk=${psk}
}

WPAEOF
chmod 600 /etc/wpa_supplicant/wpa_supplicant.conf
rfkill unblock wifi
for filename in /var/lib/systemd/rfkill/*:wlan ; do
    echo 0 > $filename
done
rm -f /etc/localtime
echo "${chosen.timezone}" >/etc/timezone
dpkg-reconfigure -f noninteractive tzdata
cat >/etc/default/keyboard <<'KBEOF'
XKBMODEL="pc105"
XKBLAYOUT="de"
XKBVARIANT=""
XKBOPTIONS=""
KBEOF
dpkg-reconfigure -f noninteractive keyboard-configuration
rm -f /boot/firstrun.sh
sed -i 's| systemd.run.*||g' /boot/cmdline.txt
exit 0
`,
})
const rest = {
  '/etc/hostname': `-downbeat\n+${chosen.hostname}\n`,
  '/etc/hosts': `-127.0.1.1 downbeat\n+127.0.1.1\t${chosen.hostname}\n`,
  ...tokyo,
  ...keyboard,
  ...wifi('home', psk),
  ...country,
  ...regdom,
}
const told = { status: 'skipped', hostname: chosen.hostname } as const

/** Cards that an Imager of before 1.8 has written. */
export const oldImager: Card[] = [
  {
    title: 'of Imager 1.6 with a password takes it over the network, and is in its network',
    starts: [
      { put: firstrun(byHash), append: words },
      {
        after: {
          ...told,
          files: { ...rest, ...password('musician'), ...ssh, ...byPassword },
          password_login: 'yes',
        },
      },
    ],
  },
  {
    title: 'of Imager 1.6 with a key takes no password over the network',
    starts: [
      { put: firstrun(byKey), append: words },
      {
        after: {
          ...told,
          files: {
            ...rest,
            ...keys('musician', chosen.key),
            ...ssh,
            '/etc/ssh/sshd_config': '+PasswordAuthentication no\n',
          },
        },
      },
    ],
  },
  {
    title: 'of Imager 1.7 that renames the account by itself has it renamed everywhere',
    starts: [
      { put: firstrun(renames), append: words },
      {
        after: {
          ...told,
          files: { ...rest, ...anna, ...password('anna'), ...ssh, ...byPassword },
          password_login: 'yes',
        },
      },
    ],
  },
]
