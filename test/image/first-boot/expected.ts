import { expect } from 'vitest'
import { chosen } from './cards.ts'
import type { Answers } from './cards.ts'
import type { cuts } from './cuts.ts'

/**
 * One identifier in the table of partitions, in cmdline.txt and in fstab; the whole card; two host
 * keys; one machine.
 */
export function expectOwnIdentity(answers: Answers): void {
  const [id] = /^[0-9a-f]{8}$/m.exec(answers.disk_id)!
  expect(answers.disk_id).toBe(`0x${id}\n${id}`)
  expect(answers.fstab).toBe(`PARTUUID=${id}-02\nPARTUUID=${id}-01`)
  expect(answers.cmdline.match(/root=PARTUUID=[0-9a-f]{8}-02(?= )/g)).toEqual(
    Array(2).fill(`root=PARTUUID=${id}-02`),
  )
  expect(Number(answers.size)).toBeGreaterThan(1.6e9) // of a card of 2 GiB
  expect(answers.host_keys.match(/^ssh_host\S*_key$/gm)).toEqual([
    'ssh_host_ecdsa_key',
    'ssh_host_ed25519_key',
  ])
  expect(answers.machine_id).toMatch(/^[0-9a-f]{32}$/)
  expect(answers.stamps).toContain('first-boot.done')
  expect(answers.boot).toMatch(/^vfat\n/) // and is still mounted
  expect(answers.boot).not.toContain('.new')
  expect(answers.failed).toBe('')
}

/** What is the same, whatever form it was asked for in. */
export function expectChosen(answers: Answers): void {
  expect(answers.hostname).toBe(
    `${chosen.hostname}\n${chosen.hostname}\n127.0.1.1 ${chosen.hostname}`,
  )
  expect(answers.timezone).toBe(`/usr/share/zoneinfo/${chosen.timezone}\n${chosen.timezone}\nJST`)
  expect(answers.keyboard).toBe(`XKBLAYOUT="${chosen.keyboard}"`)
  expect(answers.wifi).toContain(`country=${chosen.country}\n`)
  expect(answers.wifi).toMatch(/^600 root\nwpa_supplicant@wlan0\.service$/m)
  expectAccount(answers)
}

export function expectAccount({ account, groups, jack, doctor, ssh, issue }: Answers): void {
  expect(account).toBe(
    `${chosen.user}:x:1000:1000::/home/${chosen.user}:/bin/bash\n${chosen.user} ${chosen.user}\n${chosen.user} ALL=(ALL:ALL) NOPASSWD: ALL`,
  )
  expect(groups.split(' ')).toEqual(expect.arrayContaining([chosen.user, 'audio', 'sudo']))
  expect(jack.match(/^\w+$/gm)).toEqual([chosen.user, chosen.user])
  expect(doctor).toBe('0')
  expect(ssh).toBe('enabled\nactive')
  expect(issue).not.toContain('Nobody can log in')
}

/** A card whose plug was pulled again and again is as the one that was left alone. */
export function expectUncut(
  { answers, file }: Awaited<ReturnType<typeof cuts>>,
  alone: { first: Answers; file: string | undefined },
): void {
  expectOwnIdentity(answers)
  expectChosen(answers)
  const same = [
    'password',
    'keys',
    'sshd',
    'wifi',
    'jack',
    'autostart',
    'groups',
    'stamps',
    'size',
    'issue',
  ] as const
  for (const question of same) expect(answers[question], question).toBe(alone.first[question])
  expect(file).toBe(alone.file)
}

/** A network of wpa_supplicant with a key. */
export const psk = (ssid: string, key: string): RegExp =>
  new RegExp(`\\n\\tssid=${ssid}\\n(\\tscan_ssid=1\\n)?\\tkey_mgmt=WPA-PSK\\n\\tpsk=${key}\\n`)
