import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PlannedTuning } from '../../lib/plan/plan.ts'
import { configLine } from '../../lib/prove/proof/kernel-config.ts'
import { emulatedCard, startsJack } from '../../lib/plan/cards.ts'
import {
  accepts,
  titleOf,
  expectation,
  normalConfig,
  proofsOf,
  question,
} from '../../lib/plan/proofs/proof.ts'
import { Proof } from '../../lib/plan/schema/tuning.ts'
import type { Verdict } from '../../lib/plan/proofs/proof.ts'
import type { ProofData } from '../../lib/plan/schema/tuning.ts'
import {
  catalogueAt,
  idsOf,
  inForce,
  planOf,
  repository,
  temporaryFolder,
  write,
} from './fixtures.ts'

const proof = (data: object): ProofData => Proof.parse(data)
const expects = (data: object): Verdict => question(proof(data)).verdict

describe('a text is accepted', () => {
  test('by prints, if it is exactly that, whatever line ends follow', () => {
    const prints = expects({ run: 'x', prints: '95\nunlimited' })
    expect(accepts(prints, '95\nunlimited')).toBe(true)
    expect(accepts(prints, '95\nunlimited\n\n')).toBe(true)
    expect(accepts(prints, '95\nunlimited!\n')).toBe(false)
    expect(accepts(prints, ' 95\nunlimited\n')).toBe(false)
    expect(accepts(expects({ run: 'x', prints: '' }), '')).toBe(true)
    expect(accepts(expects({ run: 'x', prints: '' }), 'x')).toBe(false)
  })

  test('by matches, if one line matches', () => {
    const matches = expects({ file: '/x', matches: '^gpu_mem=16$' })
    expect(accepts(matches, '# memory\ngpu_mem=16\nx=1\n')).toBe(true)
    expect(accepts(matches, '#gpu_mem=16\ngpu_mem=161\n')).toBe(false)
    expect(accepts(expects({ file: '/x', matches: 'a.b' }), 'a\nb')).toBe(false)
  })

  test('by lacks, if no line matches', () => {
    const lacks = expects({ file: '/x', lacks: '^over_voltage' })
    expect(accepts(lacks, '# over_voltage\n')).toBe(true)
    expect(accepts(lacks, 'a\nover_voltage=2\n')).toBe(false)
  })

  test('by several expectations, only if all are met', () => {
    const both = expects({ file: '/x', matches: '^a', lacks: '^b' })
    expect(accepts(both, 'a\n')).toBe(true)
    expect(accepts(both, 'a\nb\n')).toBe(false)
    expect(accepts(both, 'c\n')).toBe(false)
  })

  test('by absent, only if there is no file, not even an empty one', () => {
    const absent = expects({ file: '/x', absent: true })
    expect(accepts(absent, undefined)).toBe(true)
    expect(accepts(absent, '')).toBe(false)
  })

  test('by nothing, if there is no file', () => {
    expect(accepts(expects({ file: '/x', lacks: 'a' }), undefined)).toBe(false)
    expect(accepts(expects({ file: '/x', prints: '' }), undefined)).toBe(false)
  })
})

test.each<[object, string, string]>([
  [
    { run: 'uname -v', matches: 'RT' },
    '`uname -v` has a line that matches RT',
    'has a line that matches RT',
  ],
  [{ run: 'id', prints: '0' }, '`id` is "0"', 'is "0"'],
  [
    { file: '/etc/fstab', matches: '^tmpfs', lacks: 'swap' },
    'file /etc/fstab has a line that matches ^tmpfs and has no line that matches swap',
    'has a line that matches ^tmpfs and has no line that matches swap',
  ],
  [
    { file: '/var/log/journal', absent: true },
    'file /var/log/journal does not exist',
    'does not exist',
  ],
  [
    { config: '# CONFIG_CPU_FREQ is not set' },
    'kernel has # CONFIG_CPU_FREQ is not set',
    '# CONFIG_CPU_FREQ is not set',
  ],
  [{ package: 'rtkit', is: 'absent' }, 'package rtkit is absent', 'absent'],
  [{ unit: 'fstrim.timer', is: 'masked' }, 'unit fstrim.timer is masked', 'masked'],
])('a proof is told in words: %j', (data, words, expected) => {
  expect(titleOf(proof(data))).toBe(words)
  expect(expectation(proof(data))).toBe(expected)
})

describe('an option of the kernel', () => {
  const config =
    'CONFIG_HZ_1000=y\nCONFIG_HZ=1000\n# CONFIG_CPU_FREQ is not set\nCONFIG_CPU_FREQ_STAT=y\n'

  test('is read in the words of the configuration', () => {
    expect(configLine(config, 'CONFIG_HZ=1000')).toBe('CONFIG_HZ=1000')
    expect(configLine(config, '# CONFIG_CPU_FREQ is not set')).toBe('# CONFIG_CPU_FREQ is not set')
    expect(configLine(config, 'CONFIG_HZ_1000=n')).toBe('CONFIG_HZ_1000=y')
  })

  test('that the configuration does not know is not set', () => {
    expect(configLine(config, 'CONFIG_NEW=y')).toBe('# CONFIG_NEW is not set')
    expect(configLine(config, 'CONFIG_HZ_100=y')).toBe('# CONFIG_HZ_100 is not set')
  })

  test('that is n is a comment to the kernel', () => {
    expect(normalConfig('CONFIG_CPU_FREQ=n')).toBe('# CONFIG_CPU_FREQ is not set')
    expect(normalConfig('CONFIG_CPU_FREQ=y')).toBe('CONFIG_CPU_FREQ=y')
    expect(normalConfig('# CONFIG_CPU_FREQ is not set')).toBe('# CONFIG_CPU_FREQ is not set')
  })
})

// The question is put to a shell in which the programs of the Pi are small scripts that answer what
// the test wants.
describe('on the running system', () => {
  const answers = (
    data: object,
    programs: Record<string, string> = {},
  ): { passed: boolean; text: string } => {
    const bin = temporaryFolder()
    for (const [name, body] of Object.entries(programs)) {
      write(bin, { [name]: `#!/bin/sh\n${body}\n` })
      chmodSync(join(bin, name), 0o755)
    }
    const { run, verdict } = question(proof(data))
    const { stdout, status } = spawnSync('sh', ['-c', run], {
      encoding: 'utf8',
      env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` },
    })
    return {
      passed: accepts(verdict, 'file' in data && status !== 0 ? undefined : stdout),
      text: stdout,
    }
  }

  test('a command is asked as it is written', () => {
    expect(question(proof({ run: 'uname -v | cat', matches: 'RT' })).run).toBe('uname -v | cat')
    expect(answers({ run: 'echo 1; echo 2', prints: '1\n2' }).passed).toBe(true)
  })

  test('a file is read, whatever its name is', () => {
    const folder = temporaryFolder()
    write(folder, { "a 'file' $(of) mine": 'gpu_mem=16\n' })
    const file = join(folder, "a 'file' $(of) mine")
    expect(answers({ file, matches: '^gpu_mem=16$' }).passed).toBe(true)
    expect(answers({ file, lacks: '^gpu_mem' }).passed).toBe(false)
    expect(answers({ file, absent: true }).passed).toBe(false)
    expect(answers({ file: join(folder, 'none'), absent: true }).passed).toBe(true)
    expect(answers({ file: join(folder, 'none'), lacks: 'x' }).passed).toBe(false)
  })

  test('an option is asked of the running kernel', () => {
    const zcat =
      "printf 'CONFIG_HZ_1000=y\\nCONFIG_HZ=1000\\n# CONFIG_CPU_FREQ is not set\\nCONFIG_CPU_FREQ_STAT=y\\n'"
    expect(answers({ config: 'CONFIG_HZ=1000' }, { zcat }).passed).toBe(true)
    expect(answers({ config: 'CONFIG_HZ=100' }, { zcat }).passed).toBe(false)
    expect(answers({ config: '# CONFIG_CPU_FREQ is not set' }, { zcat }).passed).toBe(true)
    expect(answers({ config: 'CONFIG_CPU_FREQ=n' }, { zcat }).passed).toBe(true)
    expect(answers({ config: 'CONFIG_CPU_FREQ_STAT=n' }, { zcat }).passed).toBe(false)
    expect(answers({ config: '# CONFIG_UNKNOWN is not set' }, { zcat }).passed).toBe(true)
    expect(answers({ config: 'CONFIG_UNKNOWN=y' }, { zcat }).passed).toBe(false)
  })

  test('a package is installed only in the state "ii"', () => {
    const is = (state: string) => ({ 'dpkg-query': `echo "${state} "` })
    const none = { 'dpkg-query': 'echo "no packages found" >&2; exit 1' }
    expect(answers({ package: 'rtkit', is: 'installed' }, is('ii')).passed).toBe(true)
    expect(answers({ package: 'rtkit', is: 'absent' }, is('ii')).passed).toBe(false)
    expect(answers({ package: 'rtkit', is: 'absent' }, is('rc')).passed).toBe(true)
    expect(answers({ package: 'rtkit', is: 'installed' }, is('iU')).passed).toBe(false)
    expect(answers({ package: 'rtkit', is: 'absent' }, none).passed).toBe(true)
    expect(answers({ package: 'rtkit', is: 'installed' }, none).passed).toBe(false)
  })

  test('a unit is asked for its state, which a failing systemctl tells too', () => {
    const systemctl =
      'case "$1 $2" in "is-enabled fstrim.timer") echo masked; exit 1;; "is-active ssh.service") echo active;; "is-active slow.service") echo activating; exit 3;; "is-enabled ssh.service") echo enabled;; esac'
    expect(answers({ unit: 'fstrim.timer', is: 'masked' }, { systemctl }).passed).toBe(true)
    expect(answers({ unit: 'fstrim.timer', is: 'enabled' }, { systemctl }).passed).toBe(false)
    expect(answers({ unit: 'ssh.service', is: 'active' }, { systemctl }).passed).toBe(true)
    expect(answers({ unit: 'ssh.service', is: 'enabled' }, { systemctl }).passed).toBe(true)
    expect(answers({ unit: 'slow.service', is: 'active' }, { systemctl }).passed).toBe(false)
  })

  test('every proof of this repository is a command that a shell can read, and its patterns are such', () => {
    const all = idsOf('tunings').flatMap((id) => {
      const { edits, sets } = inForce(id)
      const found = proofsOf(planOf(edits, sets).tunings).filter(({ tuning }) => tuning.id === id)
      expect(found, id).toHaveLength(
        catalogueAt(repository).entry('tunings', id, 'test').value.proof.length,
      )
      return found
    })
    for (const { tuning, proof: data } of all) {
      const { run, verdict } = question(data)
      expect(run, tuning.id).not.toMatch(/\{\{|\}\}/)
      expect(
        spawnSync('sh', ['-n'], { input: run, encoding: 'utf8' }).stderr,
        `${tuning.id}: ${run}`,
      ).toBe('')
      expect(() => accepts(verdict, 'some text\n'), tuning.id).not.toThrow()
    }
  })
})

test('only tunings in force are proven', () => {
  const tuning = (id: string, off?: string): PlannedTuning => ({
    id,
    about: '',
    source: '',
    boards: [],
    proofs: [proof({ run: id, prints: '' })],
    ...(off === undefined ? {} : { off }),
  })
  expect(
    proofsOf([tuning('a'), tuning('b', 'switched off'), tuning('c')]).map(
      ({ tuning: { id }, proof }) => [id, 'run' in proof ? proof.run : undefined],
    ),
  ).toEqual([
    ['a', 'a'],
    ['c', 'c'],
  ])
})

test('the emulator has a USB card, and no other', () => {
  expect(emulatedCard(planOf({}, ['soundcard=usb']))).toBe(true)
  for (const other of ['hifiberry-dac', 'edirol-ua-25'])
    expect(emulatedCard(planOf({}, [`soundcard=${other}`]))).toBe(false)
})

test('a server to be heard is there only where its service is', () => {
  expect(startsJack(planOf())).toBe(true)
  expect(startsJack(planOf({}, ['tunings.jack-service=off']))).toBe(false)
})
