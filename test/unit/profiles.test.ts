import { expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import { catalogueAt, filesOf, idsOf, planOf, refusalOf, repository } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

// profiles/: groups of tunings and packages. What a tuning says of itself < the profile < the
// image.

const three = 'board: pi3b\nsoundcard: usb\n'
const tuning = (text: string): string =>
  `about: a test\nsource: a test\n${text}\nproof: [{ run: "true", prints: "" }]\n`
const of = (plan: Plan, id: string) => plan.tunings.find((one) => one.id === id)
const with2: Edits = {
  'tunings/one.yaml': tuning('default: off\nchange: { cmdline: [one=1] }'),
  'tunings/two.yaml': tuning('change: { cmdline: [two=1] }'),
}
const profile = (text: string): Edits => ({ 'profiles/mine.yaml': `about: for a test\n${text}` })

test('a profile switches tunings on and off, and the image has the last word', () => {
  const edits = { ...with2, ...profile('tunings: { one: on, two: off }\n') }
  const state = (text: string, sets: string[] = []) => {
    const plan = planOf({ ...edits, 'image.yaml': `${three}${text}` }, sets)
    const shown = plan.configure.view.cmdline
      .map(({ text: parameter }) => parameter)
      .filter((parameter) => /^(one|two)=/.test(parameter))
    return { one: of(plan, 'one')!.off, two: of(plan, 'two')!.off, shown }
  }
  expect(state('')).toEqual({
    one: 'switched off unless asked for',
    two: undefined,
    shown: ['two=1'],
  })
  expect(state('profile: mine\n')).toEqual({
    one: undefined,
    two: 'switched off by profiles/mine.yaml',
    shown: ['one=1'],
  })
  expect(state('profile: mine\ntunings: { one: off, two: on }\n')).toEqual({
    one: 'switched off at image.yaml:4:17',
    two: undefined,
    shown: ['two=1'],
  })
  expect(state('profile: mine\n', ['tunings.one=off', 'tunings.two=on'])).toEqual({
    one: 'switched off at --set tunings.one=off',
    two: undefined,
    shown: ['two=1'],
  })
  expect(state('', ['profile=mine'])).toEqual(state('profile: mine\n'))
})

test('a profile that there is not is answered with its place and the nearest one', () => {
  expect(refusalOf({ 'image.yaml': `${three}profile: guitr\n` })).toBe(
    'image.yaml:3:10: there is no profiles/guitr.yaml (did you mean "guitar"?)',
  )
  expect(refusalOf({ 'image.yaml': three }, ['profile=balancd'])).toBe(
    '--set profile=balancd: there is no profiles/balancd.yaml (did you mean "balanced"?)',
  )
})

test('a tuning that there is not is placed in the file of the profile', () => {
  const edits = {
    ...profile('tunings:\n  no-swap: off\n  no-wfi: on\n'),
    'image.yaml': `${three}profile: mine\n`,
  }
  expect(refusalOf(edits)).toBe(
    'profiles/mine.yaml:4:11 tunings.no-wfi: there is no tunings/no-wfi.yaml (did you mean "no-wifi"?)',
  )
})

test('a word of a profile that no schema knows is placed in its file', () => {
  const asked = { 'image.yaml': `${three}profile: mine\n` }
  expect(refusalOf({ ...profile('tunigs: {}\n'), ...asked })).toBe(
    'profiles/mine.yaml:2:1 tunigs: unknown key (did you mean "tunings"?)',
  )
  expect(refusalOf({ ...profile('tunings: { no-swap: maybe }\n'), ...asked })).toBe(
    'profiles/mine.yaml:2:21 tunings.no-swap: expected "on" or "off", got "maybe"',
  )
})

test('the packages of a profile are installed beside those of the base and the image', () => {
  const edits = {
    ...profile('packages: [guitarix, nano]\n'),
    'image.yaml': `${three}profile: mine\npackages: [ardour]\n`,
  }
  const { packages } = planOf(edits).rootfs
  const without = planOf({ 'image.yaml': three }).rootfs.packages
  expect(packages).toEqual([...new Set([...without, 'guitarix', 'nano', 'ardour'])].sort())
})

test('a package of a profile that a tuning keeps out is refused at its place in the profile', () => {
  const edits = {
    ...profile('packages: [guitarix, rtkit]\n'),
    'image.yaml': `${three}profile: mine\n`,
  }
  expect(refusalOf(edits)).toBe(
    'profiles/mine.yaml:2:22 packages: the tuning no-session-daemons keeps rtkit out of the image; --set tunings.no-session-daemons=off allows it',
  )
})

test('a tuning that a profile wants and these boards cannot have is off, because a profile is for all of them', () => {
  const edits = {
    ...profile('tunings: { usb-full-speed: on }\n'),
    'image.yaml': 'board: pi4b\nsoundcard: usb\nprofile: mine\n',
  }
  expect(of(planOf(edits), 'usb-full-speed')?.off).toBe('board.usb.controller is xhci, not dwc2')
  expect(
    of(planOf({ ...edits, 'image.yaml': `${three}profile: mine\n` }), 'usb-full-speed'),
  ).not.toHaveProperty('off')
})

test('two tunings of a profile that do not go together are placed in its file', () => {
  const edits = {
    ...profile('tunings:\n  performance-governor: on\n'),
    'image.yaml': `${three}profile: mine\n`,
  }
  expect(refusalOf(edits)).toMatch(
    /^profiles\/mine\.yaml:3:25 tunings\.performance-governor: does not go with the tuning no-frequency-scaling: /,
  )
})

test.each(idsOf('profiles'))('%s makes a plan, in which its tunings are as it says', (id) => {
  const plan = planOf({ 'image.yaml': `${three}profile: ${id}\n` })
  const { value } = catalogueAt(repository).entry('profiles', id, 'test')
  expect(Object.keys(value.tunings).length + value.packages.length).toBeGreaterThan(0)
  for (const [tuningId, state] of Object.entries(value.tunings)) {
    expect({ tuningId, off: of(plan, tuningId)?.off }).toEqual({
      tuningId,
      off: state === 'on' ? undefined : `switched off by profiles/${id}.yaml`,
    })
    // What the tuning says of itself needs no profile.
    const { default: unasked } = catalogueAt(repository).entry('tunings', tuningId, 'test').value
    expect({ tuningId, says: state }).not.toEqual({ tuningId, says: unasked })
  }
  expect(plan.rootfs.packages).toEqual(expect.arrayContaining(value.packages))
  expect(filesOf(plan).size).toBe(plan.configure.templates.length)
})

test('a box for MIDI alone starts a server without a card, and none with one', () => {
  const plan = planOf({ 'image.yaml': 'board: pi3b\nsoundcard: none\nprofile: midi-only\n' })
  const files = filesOf(plan)
  expect(plan.image.enable.map(({ text }) => text)).toContain('jackd-midi.service')
  expect(files.get('/etc/systemd/system/jackd-midi.service')).toMatch(
    /^ExecStart=\/usr\/bin\/jackd .* -d dummy /m,
  )
  expect([...files.keys()]).not.toContain('/etc/systemd/system/jackd@.service')
  expect([...files.keys()]).not.toContain('/etc/udev/rules.d/85-jackd.rules')
  expect(files.get('/boot/firmware/config.txt')).toContain('\ndtoverlay=serial-midi-bluetooth\n')
  expect(files.get('/boot/firmware/cmdline.txt')).not.toContain('console=ttyS1')
})
