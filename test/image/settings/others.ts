import type { Case } from './cases.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJust'
const psk = '0f'.repeat(32)

/**
 * The user-data that Raspberry Pi Imager 2.0 writes for `init_format: cloudinit-rpi`
 * (CustomisationGenerator::generateCloudInitUserData), and what cloud-init's documentation shows.
 */
export const userData = `#cloud-config
manage_resolv_conf: false

hostname: Studio
manage_etc_hosts: true
preserve_hostname: false
apt:
  preserve_sources_list: true
  conf: |
    Acquire {
      Check-Date "false";
    };
timezone: Europe/London
locale: en_GB.UTF-8
keyboard:
  model: pc105
  layout: "gb"
  variant: dvorak
users:
- name: anna
  groups: users,adm,dialout,audio,netdev,video,plugdev,cdrom,games,input,gpio,spi,i2c,render,sudo
  shell: /bin/bash
  lock_passwd: false
  passwd: "$y$j9T$salt$hash"
  ssh_authorized_keys:
    - "${key} anna@laptop"
  sudo: ALL=(ALL) NOPASSWD:ALL
enable_ssh: true
ssh_pwauth: false
runcmd:
  - [ rfkill, unblock, wifi ]
  - [ sh, -c, "for f in /var/lib/systemd/rfkill/*:wlan; do echo 0 > \\"$f\\"; done" ]
`
export const networkConfig = `network:
  version: 2
  ethernets:
    eth0:
      dhcp4: true
      dhcp6: true
      optional: true
  wifis:
    wlan0:
      dhcp4: true
      regulatory-domain: "GB"
      access-points:
        "Küche":
          password: "${psk}"
          hidden: true
      optional: true
`

/** What others than Raspberry Pi OS read: cloud-init, and wpa_supplicant. */
export const others: Case[] = [
  {
    title: 'what Imager writes for cloud-init',
    files: {
      'user-data': userData,
      'network-config': networkConfig,
      'meta-data': 'instance-id: rpi-imager-1764470000000\n',
    },
    read: [
      'hostname studio',
      'keyboard gb',
      'keyboard_variant dvorak',
      'locale en_GB.UTF-8',
      'ssh.enabled true',
      'ssh.password_login false',
      'timezone Europe/London',
      'user.name anna',
      'user.password_hash $y$j9T$salt$hash',
      `user.ssh_keys ${key} anna@laptop`,
      'wifi.country GB',
      'wifi.hidden true',
      `wifi.psk ${psk}`,
      `wifi.ssid ${Buffer.from('Küche').toString('hex')}`,
    ],
  },
  {
    // CustomisationGenerator of October 2026: bytes of a letter one by one, a command for each thing
    title: 'what a newer Imager writes for cloud-init, with a letter beyond ASCII in its network',
    files: {
      'user-data': `#cloud-config
manage_resolv_conf: false

hostname: studio
manage_etc_hosts: true
packages:
- avahi-daemon
user:
  name: anna
  shell: /bin/bash
  lock_passwd: true
  ssh_authorized_keys:
    - "${key} anna@laptop"
  sudo: ALL=(ALL) NOPASSWD:ALL
ssh_pwauth: false

runcmd:
  - [ systemctl, enable, --now, ssh ]
  - [ sh, -c, "echo 'anna ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/010_anna-nopasswd" ]
  - [ chmod, '0440', '/etc/sudoers.d/010_anna-nopasswd' ]
`,
      'network-config': String.raw`network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      regulatory-domain: "DE"
      access-points:
        "K\xc3\xbcche \xf0\x9f\x8e\xb8":
          auth:
            key-management: none
      optional: true
`,
    },
    read: [
      'hostname studio',
      'ssh.enabled true',
      'ssh.password_login false',
      'user.name anna',
      `user.ssh_keys ${key} anna@laptop`,
      'wifi.country DE',
      `wifi.ssid ${Buffer.from('Küche 🎸').toString('hex')}`,
    ],
  },
  {
    title: 'the key of a board to Raspberry Pi Connect, which this system has not',
    files: {
      'user-data': `#cloud-config
runcmd:
  - [ sh, -c, "install -o anna -m 700 -d /home/anna/.config/com.raspberrypi.connect" ]
  - [ sh, -c, "printf '%s\\n' 'geheim' > /home/anna/.config/com.raspberrypi.connect/auth.key" ]
  - [ sleep, "2" ]
`,
    },
    read: ['keep user-data'],
    wrong: ['user-data:3:5 runcmd: this system runs no commands of this file'],
    nowhere: ['geheim'],
    masked: {
      'user-data': `#cloud-config
runcmd:
  - [ "", "", "?"${' '.repeat(67)} ]
  - [ "", "", "?"${' '.repeat(75)} ]
  - [ sleep, "2" ]
`,
    },
  },
  {
    title: 'what Imager 1.7 writes for cloud-init',
    files: {
      'user-data': `#cloud-config
hostname: studio
manage_etc_hosts: true
packages:
- avahi-daemon
apt:
  conf: |
    Acquire {
      Check-Date "false";
    };

users:
- name: anna
  groups: users,adm,dialout,audio,netdev,video,plugdev,cdrom,games,input,gpio,spi,i2c,render,sudo
  shell: /bin/bash
  lock_passwd: false
  passwd: $5$salt$hash

ssh_pwauth: true

runcmd:
- localectl set-x11-keymap "gb" pc105
- setupcon -k --force || true
- sed -i 's/^\\s*REGDOMAIN=\\S*/REGDOMAIN=GB/' /etc/default/crda || true
`,
      'network-config': `version: 2
wifis:
  renderer: networkd
  wlan0:
    dhcp4: true
    optional: true
    access-points:
      "home":
        password: "${psk}"
        hidden: true
`,
    },
    read: [
      'hostname studio',
      'keyboard gb',
      'ssh.password_login true',
      'user.name anna',
      'user.password_hash $5$salt$hash',
      'wifi.country GB',
      'wifi.hidden true',
      `wifi.psk ${psk}`,
      `wifi.ssid ${Buffer.from('home').toString('hex')}`,
    ],
  },
  {
    title: 'letters of a network that are no bytes of UTF-8 as letters',
    files: {
      'network-config': String.raw`network:
  version: 2
  wifis:
    wlan0:
      access-points:
        "na\xefve": {password: "a password"}
`,
    },
    read: ['wifi.psk [0-9a-f]{64}', `wifi.ssid ${Buffer.from('naïve').toString('hex')}`],
  },
  {
    title: 'wpa_supplicant.conf of a newer Imager, for a network whose name is no text',
    files: {
      'wpa_supplicant.conf': `country=DE
ctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev
ap_scan=1

update_config=1
network={
\tscan_ssid=1
\tssid=hex:6ee9
\tkey_mgmt=WPA-PSK SAE
\tpsk=${psk}
\tieee80211w=1
}
`,
    },
    read: ['wifi.country DE', 'wifi.hidden true', `wifi.psk ${psk}`, 'wifi.ssid 6ee9'],
  },
  {
    title: 'templates of cloud-init in which all is a comment',
    files: {
      'user-data': '#cloud-config\n\n# hostname: raspberrypi\n',
      'network-config': '# network:\n#   version: 2\n',
      'meta-data': '# nothing\n',
    },
    read: [],
  },
  {
    title: 'cloud-init in other words, on Windows',
    files: {
      'user-data':
        "\uFEFF#cloud-config\r\nfqdn: studio.example.org\r\nuser: {name: anna, lock_passwd: no, plain_text_passwd: 'geheim'}\r\nssh_authorized_keys: [\"" +
        `${key}"]\r\nssh_pwauth: yes\r\nruncmd:\r\n- systemctl enable --now ssh\r\n`,
      'network-config':
        'version: 2\nwifis:\n  wlan0:\n    access-points:\n      cafe: {}\n      home: {password: geheim-geheim}\n',
      'meta-data': 'local-hostname: other\n',
    },
    read: [
      'hostname studio',
      'ssh.enabled true',
      'ssh.password_login true',
      'user.name anna',
      'user.password geheim',
      `user.ssh_keys ${key}`,
      'wifi.ssid 63616665',
      'keep network-config',
    ],
    wrong: ['network-config:6:7 access-points: the card joins one network, the first of these'],
    masked: {
      'network-config':
        'version: 2\nwifis:\n  wlan0:\n    access-points:\n      cafe: {}\n      home: {password: "?"          }\n',
    },
    nowhere: ['geheim-geheim'],
  },
  {
    title: 'what cloud-init would do and this system does not, a line for each',
    files: {
      'user-data': `#cloud-config
packages: [vim]
users:
  - default
  - name: anna
    ssh_import_id: gh:anna
    lock_passwd: true
    passwd: "$6$a$geheim"
  - name: ben
    passwd: "$6$b$geheim"
chpasswd:
  list: |
    anna:geheim
    ben:geheim
runcmd:
  - reboot
`,
      'network-config':
        'version: 1\nconfig:\n- type: physical\n  name: eth0\n  subnets: [{type: static, address: 10.0.0.2/24}]\n',
    },
    read: ['user.name anna', 'keep user-data', 'keep network-config'],
    wrong: [
      'user-data:2:1 packages: this system does not read it',
      'user-data:6:5 users.ssh_import_id: this system does not read it',
      'user-data:8:5 users.passwd: it is locked by lock_passwd',
      'user-data:9:5 users: the card has one account, the first of these',
      'user-data:12:3 chpasswd.list: this system does not read it',
      'user-data:16:5 runcmd: this system runs no commands of this file',
      'network-config:3:3 this system does not read it; its address comes by DHCP, and Wi-Fi needs version: 2',
    ],
    masked: {
      'user-data': `#cloud-config
packages: [vim]
users:
  - default
  - name: anna
    ssh_import_id: gh:anna
    lock_passwd: true
    passwd: "?"          
  - name: "?"
    passwd: "?"          
chpasswd:
  list: "?"${' '.repeat(14)}
${' '.repeat(14)}
runcmd:
  - reboot
`,
    },
    nowhere: ['geheim'],
  },
  {
    title:
      'a text where cloud-init expects more below a key: told, and hidden, for it may be a secret',
    files: {
      'user-data':
        '#cloud-config\nkeyboard: de\nusers: anna\nchpasswd: geheim\nruncmd: reboot\npackages: vim\ndisable_root: false\n',
      'network-config':
        'version: 2\nethernets: geheim\nwifis:\n  wlan0:\n    dhcp4: maybe\n    access-points: geheim\n  wlan1: geheim\n',
    },
    read: ['keep user-data', 'keep network-config'],
    wrong: [
      ...['keyboard', 'users'].map(
        (key, i) => `user-data:${i + 2}:1 ${key}: expected more below it`,
      ),
      'user-data:4:1 chpasswd: expected more below it',
      'user-data:5:1 runcmd: expected more below it',
      'user-data:6:1 packages: this system does not read it',
      'user-data:7:1 disable_root: this system does not read it',
      'network-config:2:1 ethernets: expected more below it',
      'network-config:5:5 wlan0.dhcp4: this system does not read it; its address comes by DHCP',
      'network-config:6:5 access-points: expected more below it',
      'network-config:7:3 wifis.wlan1: expected more below it',
    ],
    masked: {
      'user-data':
        '#cloud-config\nkeyboard: ""\nusers: "?" \nchpasswd: "?"   \nruncmd: "?"   \npackages: vim\ndisable_root: false\n',
      'network-config':
        'version: 2\nethernets: "?"   \nwifis:\n  wlan0:\n    dhcp4: maybe\n    access-points: "?"   \n  wlan1: "?"   \n',
    },
    nowhere: ['geheim'],
  },
  {
    title: 'passwords of cloud-init for other accounts than that of the card are not its own',
    files: {
      'user-data':
        '#cloud-config\nchpasswd:\n  users:\n  - {name: root, password: geheim, type: text}\n  - {name: anna, password: $6$a$b}\n  - {name: ben, password: geheim, type: text}\n  - {name: anna, type: RANDOM}\nusers:\n- {name: anna, lock_passwd: maybe, passwd: geheim, homedir: /srv/anna}\n',
      'custom.toml': '[user]\ngroups = [["docker"]]\n',
    },
    read: ['user.name anna', 'user.password_hash $6$a$b', 'keep custom.toml', 'keep user-data'],
    wrong: [
      'custom.toml:2:10 user.groups: the account stays in the groups of the image',
      ...[4, 6, 7].map(
        (line) =>
          `user-data:${line}:5 chpasswd.users: expected the password of the card's one account`,
      ),
      'user-data:9:16 users.lock_passwd: expected true or false',
      'user-data:9:36 users.passwd: it is locked by lock_passwd',
      'user-data:9:52 users.homedir: this system does not read it',
    ],
    masked: {
      'user-data':
        '#cloud-config\nchpasswd:\n  users:\n  - {name: "?" , password: "?"   , type: "?" }\n  - {name: anna, password: "*"   }\n  - {name: "?", password: "?"   , type: "?" }\n  - {name: "?" , type: "?"   }\nusers:\n- {name: anna, lock_passwd: maybe, passwd: "?"   , homedir: /srv/anna}\n',
    },
    nowhere: ['geheim'],
  },
  {
    title: 'what stands beside network:, and a Wi-Fi in version 1, which knows none',
    files: {
      'network-config':
        'network:\n  version: 1\n  wifis: {wlan0: {access-points: {home: {password: geheim-geheim}}}}\nwifis: {wlan0: {access-points: {home: {password: geheim-geheim}}}}\n',
    },
    read: ['keep network-config'],
    wrong: [
      'network-config:3:3 wifis: this system does not read it; Wi-Fi needs version: 2',
      'network-config:4:1 wifis: this system does not read it; its address comes by DHCP',
    ],
    masked: {
      'network-config':
        'network:\n  version: 1\n  wifis: {wlan0: {access-points: {home: {password: "?"          }}}}\nwifis: {wlan0: {access-points: {home: {password: "?"          }}}}\n',
    },
    nowhere: ['geheim'],
  },
  {
    title: 'what wpa_passphrase leaves in a comment of wpa_supplicant.conf, where the file is kept',
    files: {
      'wpa_supplicant.conf': `country=DE\nnetwork={\n\tssid="home"\n\t#psk="geheim-geheim"\n\tpsk=${psk} # geheim-geheim\n\tbssid=02:00:00:00:00:01\n}\n# psk="geheim-geheim"\n`,
    },
    read: ['wifi.country DE', `wifi.psk ${psk}`, 'wifi.ssid 686f6d65', 'keep wpa_supplicant.conf'],
    wrong: ['wpa_supplicant.conf:6:8 bssid: this system does not read it'],
    masked: {
      'wpa_supplicant.conf': `country=DE\nnetwork={\n\tssid="home"\n\t#psk="?"            \n\tpsk=${'*'.repeat(64)}${' '.repeat(16)}\n\tbssid=02:00:00:00:00:01\n}\n# psk="?"            \n`,
    },
    nowhere: ['geheim'],
  },
  {
    title: 'a block of wpa_supplicant.conf that makes a network, and a word that is no number',
    files: {
      'wpa_supplicant.conf':
        'network={\nssid="home"\nmode=2\nscan_ssid=yes\npsk="geheimgeheim"\n}\n',
    },
    read: ['refused wifi.ssid', 'keep wpa_supplicant.conf'],
    wrong: [
      'wpa_supplicant.conf:3:6 mode: expected 0: the card joins a network, and makes none',
      'wpa_supplicant.conf:4:11 scan_ssid: expected 0 or 1',
    ],
    masked: {
      'wpa_supplicant.conf': `network={\nssid="home"\nmode=2\nscan_ssid=yes\npsk="${'*'.repeat(12)}"\n}\n`,
    },
    nowhere: ['geheim'],
  },
  {
    title: 'YAML that is none, an alias, and what is no #cloud-config',
    files: {
      'user-data': '#cloud-config\nhostname: [\n',
      'network-config': 'a: &a b\nc: *a\n',
      'meta-data': '- list\n',
      ssh: '',
    },
    read: ['ssh.enabled true', 'keep meta-data', 'keep user-data', 'keep network-config'],
    wrong: ['meta-data:1:1 .*', 'user-data:\\d:\\d .*', 'network-config:2:4 expected no alias.*'],
  },
  {
    title: 'a password of one letter, which has no room for a mark and becomes no other password',
    files: { 'user-data': '#cloud-config\npassword: Z\npackages: [vim]\n' },
    read: ['user.password Z', 'keep user-data'],
    wrong: ['user-data:3:1 packages: this system does not read it'],
    masked: { 'user-data': '#cloud-config\npassword: ~\npackages: [vim]\n' },
  },
  {
    title: 'a script in the place of user-data',
    files: { 'user-data': '#!/bin/sh\nreboot\n' },
    read: ['keep user-data'],
    wrong: ['user-data:1:1 expected #cloud-config: .*'],
  },
  {
    title: 'wpa_supplicant.conf, as raspi-config and people write it',
    files: {
      'wpa_supplicant.conf':
        'country=DE # here\r\nctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev\r\nupdate_config=1\r\nnetwork={\r\n\tssid="home #1"\r\n\tscan_ssid=1\r\n\tpsk="geheim # geheim"\r\n\tkey_mgmt=WPA-PSK\r\n}\r\n',
    },
    read: [
      'wifi.country DE',
      'wifi.hidden true',
      'wifi.psk [0-9a-f]{64}',
      'wifi.ssid 686f6d65202331',
    ],
  },
  {
    title: 'wpa_supplicant.conf with a key, and a name in digits; and with an open network',
    files: { 'wpa_supplicant.conf': `network={\nssid=686f6d65\npsk=${psk}\n}\n` },
    read: [`wifi.psk ${psk}`, 'wifi.ssid 686f6d65'],
  },
  {
    title: 'an open network in wpa_supplicant.conf',
    files: { 'wpa_supplicant.conf': 'network={\n ssid="cafe"\n key_mgmt=NONE\n}\n' },
    read: ['wifi.ssid 63616665'],
  },
  {
    title: 'networks of wpa_supplicant.conf that the card cannot join',
    files: {
      'wpa_supplicant.conf':
        'network={\n ssid="work"\n key_mgmt=WPA-EAP\n identity="anna"\n password="geheim"\n}\nnetwork={\n ssid="b"\n psk="geheim 2"\n}\n',
    },
    read: ['refused wifi.ssid', 'keep wpa_supplicant.conf'],
    wrong: [
      'wpa_supplicant.conf:3:11 key_mgmt: expected WPA-PSK, SAE or NONE',
      'wpa_supplicant.conf:5:11 password: expected psk= and no other key',
      'wpa_supplicant.conf:7:1 network: the card joins one network, the first of these',
    ],
    masked: {
      'wpa_supplicant.conf':
        'network={\n ssid="work"\n key_mgmt=WPA-EAP\n identity="anna"\n password="?"     \n}\nnetwork={\n ssid="b"\n psk="?"       \n}\n',
    },
    nowhere: ['geheim'],
  },
  {
    title: 'a network of wpa_supplicant.conf without a password, which is no open one',
    files: { 'wpa_supplicant.conf': 'network={\n ssid="home"\n}\n' },
    read: ['refused wifi.ssid', 'keep wpa_supplicant.conf'],
    wrong: [
      'wpa_supplicant.conf:1:1 network: expected psk= in it, or key_mgmt=NONE for an open one',
    ],
  },
  {
    title: 'rpi-preseed.toml with a name in digits, an open network, and what is not read',
    files: {
      'rpi-preseed.toml':
        'config_version = "1.1"\n[wlan]\nssid_hex = "63616665"\nkey_mgmt = "none"\n[interfaces]\nspi = true\n[connect]\ntoken = "geheim"\n',
    },
    read: ['wifi.ssid 63616665', 'keep rpi-preseed.toml'],
    wrong: [
      'rpi-preseed.toml:6:1 interfaces.spi: there is no such setting',
      'rpi-preseed.toml:8:1 connect.token: there is no such setting',
    ],
    masked: {
      'rpi-preseed.toml':
        'config_version = "1.1"\n[wlan]\nssid_hex = "63616665"\nkey_mgmt = "none"\n[interfaces]\nspi = true\n[connect]\ntoken = "?"     \n',
    },
    nowhere: ['geheim'],
  },
]
