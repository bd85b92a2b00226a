import { describe, expect, test } from 'vitest'
import { Tuning } from '../../lib/plan/schema/tuning.ts'
import { parseYaml } from '../../lib/plan/catalogue/yaml.ts'
import { refusal } from './fixtures.ts'

// lib/plan/schema/tuning.ts: every tuning carries its proof, and one that could never be tried does
// not load.

const head = 'about: a\nsource: s\nchange: {}\n'
const load = (text: string) => parseYaml(text, 'tunings/x.yaml', Tuning).value
const refused = (text: string): string => refusal(() => load(text))

test('a tuning without a proof does not load', () => {
  expect(refused(head)).toBe('tunings/x.yaml:1:1 proof: is missing (expected a list)')
  expect(refused(`${head}proof: []\n`)).toBe(
    'tunings/x.yaml:4:8 proof: a tuning without a proof does not load',
  )
})

test('a tuning without its source does not load', () => {
  expect(refused('about: a\nchange: {}\nproof: [{ run: a, prints: b }]\n')).toBe(
    'tunings/x.yaml:1:1 source: is missing (expected text)',
  )
})

describe('a proof', () => {
  test('of two kinds at once is no proof', () => {
    expect(refused(`${head}proof:\n  - run: a\n    file: /b\n    prints: x\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: expected exactly one of run, file, config, package, unit, got run and file',
    )
  })

  test('of no kind is no proof', () => {
    expect(refused(`${head}proof:\n  - prints: x\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: expected exactly one of run, file, config, package, unit, got none',
    )
  })

  test('that expects nothing is no proof', () => {
    expect(refused(`${head}proof:\n  - run: a\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: a proof by run needs prints or matches or lacks',
    )
    expect(refused(`${head}proof:\n  - file: /a\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: a proof by file needs prints or matches or lacks or absent',
    )
    expect(refused(`${head}proof:\n  - package: abc\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: a proof by package needs is',
    )
    expect(refused(`${head}proof:\n  - unit: a.service\n`)).toBe(
      'tunings/x.yaml:5:5 proof.0: a proof by unit needs is',
    )
  })

  test('that expects what its kind cannot show is told which word does not go with it', () => {
    expect(refused(`${head}proof:\n  - config: CONFIG_A=y\n    prints: x\n`)).toBe(
      'tunings/x.yaml:6:13 proof.0.prints: does not go with config',
    )
    expect(refused(`${head}proof:\n  - run: a\n    prints: x\n    is: active\n`)).toBe(
      'tunings/x.yaml:7:9 proof.0.is: does not go with run',
    )
    expect(refused(`${head}proof:\n  - run: a\n    absent: true\n`)).toContain(
      'tunings/x.yaml:6:13 proof.0.absent: does not go with run',
    )
  })

  test('of a package cannot ask for the state of a unit, nor the other way round', () => {
    expect(refused(`${head}proof:\n  - package: rtkit\n    is: masked\n`)).toMatch(
      /^tunings\/x\.yaml:6:9 proof\.0\.is: /,
    )
    expect(refused(`${head}proof:\n  - unit: ssh.service\n    is: installed\n`)).toMatch(
      /^tunings\/x\.yaml:6:9 proof\.0\.is: /,
    )
  })

  test('with a pattern that is no regular expression does not wait for the end of the build to say so', () => {
    expect(refused(`${head}proof:\n  - run: a\n    matches: "("\n`)).toMatch(
      /^tunings\/x\.yaml:6:14 proof\.0\.matches: /,
    )
    expect(refused(`${head}proof:\n  - file: /a\n    lacks: "[z-a]"\n`)).toMatch(
      /^tunings\/x\.yaml:6:12 proof\.0\.lacks: /,
    )
  })

  test('of each kind loads, and is tried at the boot unless it says otherwise', () => {
    const proofs = load(`${head}proof:
  - { run: uname -v, matches: PREEMPT_RT }
  - { file: /etc/fstab, lacks: swap, on: device }
  - { file: /var/log/journal, absent: true }
  - { config: "# CONFIG_CPU_FREQ is not set" }
  - { config: CONFIG_HZ=1000 }
  - { package: rtkit, is: absent }
  - { unit: apt-daily.timer, is: masked, wait: 5, on: card }\n`).proof
    expect(proofs.map(({ on }) => on)).toEqual([
      'boot',
      'device',
      'boot',
      'boot',
      'boot',
      'boot',
      'card',
    ])
  })

  test('with a misspelt word is answered with the nearest one', () => {
    expect(refused(`${head}proof:\n  - run: a\n    print: x\n`)).toContain(
      'tunings/x.yaml:6:5 proof.0.print: unknown key (did you mean "prints"?)',
    )
    expect(refused(`${head}proof:\n  - run: a\n    prints: x\n    on: bot\n`)).toBe(
      'tunings/x.yaml:7:9 proof.0.on: expected "boot" or "card" or "emulator" or "device", got "bot" (did you mean "boot"?)',
    )
  })

  test('that prints a number must quote it, because what is printed is a text', () => {
    expect(refused(`${head}proof:\n  - run: a\n    prints: 0\n`)).toBe(
      'tunings/x.yaml:6:13 proof.0.prints: expected text, got 0',
    )
  })

  test('of a file names the whole path', () => {
    expect(refused(`${head}proof:\n  - file: etc/fstab\n    matches: x\n`)).toBe(
      'tunings/x.yaml:5:11 proof.0.file: expected a path that begins with /',
    )
  })
})

describe('a change', () => {
  const change = (text: string): string =>
    refused(`about: a\nsource: s\nchange: ${text}\nproof: [{ run: a, prints: b }]\n`)

  test('of a kind that does not exist is answered with the nearest one', () => {
    expect(change('{ cmdlin: [a] }')).toBe(
      'tunings/x.yaml:3:11 change.cmdlin: unknown key (did you mean "cmdline"?)',
    )
  })

  test('has the form of what it changes', () => {
    expect(change('{ kernel: [CONFIG_X] }')).toBe(
      'tunings/x.yaml:3:20 change.kernel.0: expected CONFIG_NAME=value or "# CONFIG_NAME is not set"',
    )
    expect(change('{ cmdline: [a b] }')).toBe(
      'tunings/x.yaml:3:21 change.cmdline.0: expected one parameter without spaces',
    )
    expect(change('{ mask: [apt-daily] }')).toBe(
      'tunings/x.yaml:3:18 change.mask.0: expected a systemd unit with its type, such as ssh.service',
    )
    expect(change('{ absent: [Rtkit] }')).toBe(
      'tunings/x.yaml:3:20 change.absent.0: expected the name of a Debian package, such as nano',
    )
    expect(change('{ files: [etc/motd] }')).toBe(
      'tunings/x.yaml:3:19 change.files.0: expected a file below templates/, such as root/etc/motd',
    )
  })

  test('of a line file is one line, so that no line can smuggle in another', () => {
    for (const kind of ['config_txt', 'fstab', 'modprobe', 'udev', 'limits']) {
      expect(change(`{ ${kind}: ["a\\nb"] }`)).toMatch(
        new RegExp(
          `^tunings/x\\.yaml:3:\\d+ change\\.${kind}\\.0: expected one line, without control characters$`,
        ),
      )
    }
  })
})

describe('beside its change and its proof a tuning', () => {
  const rest = 'change: {}\nproof: [{ run: a, prints: b }]\n'
  const more = (text: string) => load(`about: a\nsource: s\n${text}\n${rest}`)

  test('has nothing that it does not say: it is on, fits everywhere, takes no pin and goes with all others', () => {
    expect(load(`about: a\nsource: s\n${rest}`)).toEqual({
      about: 'a',
      source: 's',
      default: 'on',
      when: {},
      harmless: false,
      needs: [],
      conflicts: [],
      pins: [],
      change: {},
      proof: [{ run: 'a', prints: 'b', on: 'boot' }],
    })
  })

  test('may say why it cannot be had, what to know of it, what does not go with it and which pins it takes', () => {
    const said = {
      otherwise: 'b',
      warns: 'c',
      mend: 'd',
      harmless: true,
      conflicts: ['no-swap'],
      pins: [0, 27],
    }
    expect(
      more('otherwise: b\nwarns: c\nmend: d\nharmless: true\nconflicts: [no-swap]\npins: [0, 27]'),
    ).toMatchObject(said)
  })

  test('takes no pin that the header does not have', () => {
    expect(refusal(() => more('pins: [28]'))).toBe(
      'tunings/x.yaml:3:8 pins.0: expected at most 27, got 28',
    )
    expect(refusal(() => more('pins: [-1]'))).toBe(
      'tunings/x.yaml:3:8 pins.0: expected at least 0, got -1',
    )
  })

  test('takes programs from where Debian has them', () => {
    expect(
      refusal(() =>
        load(
          'about: a\nsource: s\nchange: { programs: { rt-tests: [/usr/bin/x] } }\nproof: [{ run: a, prints: b }]\n',
        ),
      ),
    ).toBe('tunings/x.yaml:3:34 change.programs.rt-tests.0: expected usr/bin/… or usr/sbin/…')
  })
})
