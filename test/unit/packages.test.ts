import { describe, expect, test } from 'vitest'
import { keptOutOf, readNeeds, unknownOf } from '../../stages/packages/refusals.ts'
import { standIns } from '../../stages/packages/stand-ins.ts'
import { catalogueAt, choiceFiles, planOf, refusalOf, repository } from './fixtures.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { join } from 'node:path'

const asked = (...names: string[]): { name: string; place: string }[] =>
  names.map((name, i) => ({ name, place: `image.yaml:3:${i + 1} packages` }))

describe('a package that is asked for', () => {
  const archives = {
    names: new Set(['nano', 'puredata', 'g++', 'exim4', 'msmtp']),
    provided: new Map([['mail-transport-agent', ['exim4', 'msmtp']]]),
  }

  test('and is not there is refused, with the name that was perhaps meant', () => {
    expect(unknownOf(asked('naano', 'nano', 'pure-data', 'n.no'), archives, 'trixie')).toEqual([
      'image.yaml:3:1 packages: there is no package naano in trixie (did you mean "nano"?)',
      'image.yaml:3:3 packages: there is no package pure-data in trixie (did you mean "puredata"?)',
      'image.yaml:3:4 packages: there is no package n.no in trixie (did you mean "nano"?)',
    ])
  })

  test('is one, and no name for any of several', () => {
    expect(unknownOf(asked('mail-transport-agent'), archives, 'trixie')).toEqual([
      'image.yaml:3:1 packages: mail-transport-agent is a name for any of several packages; take one of them: exim4, msmtp',
    ])
  })
})

describe('what a tuning keeps out', () => {
  // as apt-cache depends has it
  const needs = readNeeds(`puredata
  Depends: puredata-gui
  PreDepends: libc6
puredata-gui
 |Depends: python3
  Depends: <tclsh>
    tcl
  Depends: <python3:any>
    python3
python3
  PreDepends: python3-minimal
avahi-daemon
  Depends: dbus
dbus
  Depends: dbus-daemon
long
  Depends: a
a
  Depends: b
b
  Depends: c
c
  Depends: d
d
  Depends: dbus-daemon
`)
  const coming = new Set([...needs.keys(), 'python3-minimal', 'dbus-daemon', 'tcl', 'libc6'])
  const absent = [
    { text: 'python3', by: 'no-python' },
    { text: 'python3-minimal', by: 'no-python' },
    { text: 'dbus-daemon', by: 'no-dbus' },
    { text: 'avahi-daemon', by: 'no-session-daemons' },
    { text: 'never-there', by: 'no-other' },
  ]

  test('is refused with who asks for it, who brings it in, and what to type: all of it at once', () => {
    expect(keptOutOf(asked('puredata', 'avahi-daemon'), absent, { coming, needs })).toEqual([
      'image.yaml:3:1 packages: puredata brings in python3 and python3-minimal (by way of puredata-gui), which the tuning no-python keeps out; --set tunings.no-python=off allows it',
      'image.yaml:3:2 packages: avahi-daemon brings in dbus-daemon (by way of dbus), which the tuning no-dbus keeps out; --set tunings.no-dbus=off allows it',
      'image.yaml:3:2 packages: the tuning no-session-daemons keeps avahi-daemon out of the image; --set tunings.no-session-daemons=off allows it',
      'all of it is allowed by: --set tunings.no-python=off --set tunings.no-dbus=off --set tunings.no-session-daemons=off',
    ])
  })

  test('is shown with the ends of a long way', () => {
    expect(keptOutOf(asked('long'), absent.slice(2, 3), { coming, needs })).toEqual([
      'image.yaml:3:1 packages: long brings in dbus-daemon (by way of a, …, d), which the tuning no-dbus keeps out; --set tunings.no-dbus=off allows it',
    ])
  })

  test('is nothing that would not come', () => {
    expect(keptOutOf(asked('nano'), absent, { coming: new Set(['nano']), needs })).toEqual([])
  })

  test('is refused by the plan where nothing looks at the archives, and else left to what does', () => {
    const edits = { 'image.yaml': 'board: pi3b\nsoundcard: usb\npackages: [avahi-daemon]\n' }
    expect(refusalOf(edits)).toBe(
      'image.yaml:3:12 packages: the tuning no-session-daemons keeps avahi-daemon out of the image; --set tunings.no-session-daemons=off allows it',
    )
    const plan = resolve(
      catalogueAt(repository),
      join(repository, 'image.yaml'),
      ['packages=[avahi-daemon]'],
      { keptOutLater: true },
    )
    expect(plan.packages.asked).toContainEqual({
      name: 'avahi-daemon',
      place: '--set packages=[avahi-daemon] packages',
    })
  })
})

test('packages of our own stand in a list as apt reads it, before they are compiled', () => {
  const text = standIns(planOf().packages.own, 'arm64')
  const stanza = text.split('\n\n').find((one) => one.startsWith('Package: jackd2\n'))!
  expect(stanza).toMatch(/^Version: \S+\+rt\d+$/m)
  const version = /^Version: (\S+)$/m.exec(stanza)![1]
  expect(stanza).toContain(`\nDepends: libjack-jackd2-0 (= ${version})\n`)
  expect(stanza).toContain('\nArchitecture: arm64\n')
  expect(text).not.toContain('${')
  expect(text).not.toMatch(/^\S+:\s*(,.*)?$/m)
})

test.each(choiceFiles)('the packages of %s are looked at as they are installed', (file) => {
  const { packages, rootfs } = resolve(catalogueAt(repository), join(repository, file), [], {
    alone: true,
  })
  expect([...new Set(packages.asked.map(({ name }) => name))].sort()).toEqual(rootfs.packages)
  expect(packages.absent).toEqual(rootfs.absent)
})
