import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

// The script that applies a fixed address, in an /etc of its own; what it shares with the others
// (templates/root/usr/lib/downbeat/common) is as simple here as it can be.

const read = (path: string): string =>
  readFileSync(join(repository, 'templates/root', path), 'utf8')
const script = read('usr/lib/downbeat/set-network')
const common = `set -eu
refuse() { echo "$1"; exit 3; }
replace() { cat >"$1.new"; mv "$1.new" "$1"; }
systemctl_now() { echo "systemctl $*"; }
`
const DHCPCD = 'etc/dhcpcd.conf'
const MANAGER = 'etc/NetworkManager/system-connections'

const card = (files: Record<string, string>) => {
  const folder = temporaryFolder()
  write(folder, { [DHCPCD]: read(DHCPCD), ...files })
  return {
    folder,
    set: (...words: string[]) => {
      const text = `${common}${script.replaceAll(/\/etc\//g, `${folder}/etc/`)}\nset_address "$@"\n`
      const { status, stdout, stderr } = spawnSync('sh', ['-c', text, 'sh', ...words], {
        encoding: 'utf8',
      })
      expect(stderr).toBe('')
      return { status, said: stdout.trim() }
    },
    file: (path: string) => readFileSync(join(folder, path), 'utf8'),
    has: (path: string) => existsSync(join(folder, path)),
  }
}
const plain = read(DHCPCD)
const told = ['192.168.1.20/24', '192.168.1.1', '192.168.1.1 9.9.9.9']
const added = `# network, of the settings of this card
static ip_address=192.168.1.20/24
static routers=192.168.1.1
static domain_name_servers=192.168.1.1 9.9.9.9
`

describe('a fixed address', () => {
  test('is that of the cable, once, and goes when it is taken back', () => {
    const one = card({})
    expect(one.set(...told)).toEqual({ status: 0, said: 'systemctl try-restart dhcpcd.service' })
    expect(one.file(DHCPCD)).toBe(plain + added)
    one.set(...told)
    expect(one.file(DHCPCD)).toBe(plain + added)
    one.set('dhcp', '', '')
    expect(one.file(DHCPCD)).toBe(plain)
  })

  test('is that of the Wi-Fi, and of that alone, where the card knows one', () => {
    const one = card({ 'etc/wpa_supplicant/wpa_supplicant-wlan0.conf': '' })
    one.set('10.0.0.2/8', '', '')
    expect(one.file(DHCPCD)).toBe(
      `${plain}# network, of the settings of this card\ninterface wlan0\nstatic ip_address=10.0.0.2/8\n`,
    )
  })

  test.each([
    [['', '192.168.1.1', ''], 'expected network.address beside'],
    [['', '', '9.9.9.9'], 'expected network.address beside'],
    [['dhcp', '192.168.1.1', ''], 'come from there, too'],
  ])('is refused as %j, and nothing changes', (words, why) => {
    const one = card({})
    expect(one.set(...words)).toEqual({ status: 3, said: expect.stringContaining(why) as string })
    expect(one.file(DHCPCD)).toBe(plain)
  })
})

describe('with NetworkManager a fixed address', () => {
  const wifi = `${MANAGER}/downbeat.nmconnection`
  const cable = `${MANAGER}/downbeat-cable.nmconnection`
  const fixed =
    '[ipv4]\nmethod=manual\naddress1=192.168.1.20/24,192.168.1.1\ndns=192.168.1.1;9.9.9.9;\n[ipv6]\nmethod=auto\n'

  test('is a connection of its own on the cable', () => {
    const one = card({ [`${MANAGER}/other`]: '' })
    expect(one.set(...told).said).toBe('systemctl try-restart NetworkManager.service')
    expect(one.file(cable)).toBe(
      `[connection]\nid=downbeat-cable\ntype=ethernet\nautoconnect-priority=1\n${fixed}`,
    )
    one.set('dhcp', '', '')
    expect(one.has(cable)).toBe(false)
    expect(one.file(DHCPCD)).toBe(plain)
  })

  test('is a part of the connection of the Wi-Fi where the card knows one', () => {
    const before = '[connection]\nid=downbeat\n[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto\n'
    const one = card({ [wifi]: before })
    one.set(...told)
    expect(one.file(wifi)).toBe(`[connection]\nid=downbeat\n${fixed}`)
    expect(one.has(cable)).toBe(false)
    one.set('dhcp', '', '')
    expect(one.file(wifi)).toBe(before)
  })
})
