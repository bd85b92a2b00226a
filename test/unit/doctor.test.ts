import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { doctorCard, doctorChecks } from '../../lib/plan/proofs/doctor.ts'
import type { PlannedTuning, View } from '../../lib/plan/plan.ts'
import { accepts, question } from '../../lib/plan/proofs/proof.ts'
import { render } from '../../stages/configure/render.ts'
import { Proof } from '../../lib/plan/schema/tuning.ts'
import type { ProofData } from '../../lib/plan/schema/tuning.ts'
import { recordOfReport } from '../../scripts/proven/from-report.ts'
import { catalogueAt, idsOf, refusal, repository, temporaryFolder, write } from './fixtures.ts'

// The script is run as it will be in the image, in a machine of its own: the programs in its PATH
// are links to those of this one, or small scripts that answer what the test wants, and its /proc,
// /sys and /etc are a folder.

const [program, questions, ofCard, ofImage, words] = [
  'root/usr/bin/downbeat-doctor',
  'root/usr/share/downbeat/doctor.sh.hbs',
  'root/usr/share/downbeat/doctor-card.sh.hbs',
  'root/usr/share/downbeat/image.sh.hbs',
  'root/usr/lib/downbeat/report-words',
]
const templateAt = (path: string): string =>
  readFileSync(join(repository, 'templates', path), 'utf8')

const proof = (data: object): ProofData => Proof.parse(data)
const tuning = (
  id: string,
  proofs: object[],
  more: Partial<PlannedTuning> = {},
): PlannedTuning => ({
  id,
  about: `what ${id} does`,
  source: 'a test',
  boards: ['one', 'two'],
  proofs: proofs.map(proof),
  ...more,
})
const boards = [
  { id: 'one', compatible: 'maker,board-1', power_ma: 1200, undervoltage_sensor: false },
  { id: 'two', compatible: 'maker,board-2', power_ma: 2500, undervoltage_sensor: true },
]

/** `known`: what is known of it, by the board; `own`: tunings that are asked with it alone. */
type Card = Parameters<typeof doctorCard>[0] & { known?: Record<string, string[]>; own?: string[] }

/** What there is to ask, as paths in the image and their texts. */
const asking = (
  tunings: readonly PlannedTuning[],
  card?: Card,
  { their = boards }: Pick<Machine, 'their'> = {},
): { path: string; text: string }[] => {
  const all = doctorChecks(tunings, their)
  const isOwn = ({ id }: { id: string }): boolean => card?.own?.includes(id) === true
  const view = {
    image: {
      name: 'stage',
      version: '0.1.0',
      base: 'a-base',
      kernel: 'a-kernel',
      own: false,
      found: their,
    },
    soundcards: { own: 'a-card' },
    soundcard: { name: "A card of it's $own" },
    jack: { period: 128, periods: 3, rate: 48000, latency_ms: '8.0' },
    doctor: {
      ...all,
      tunings: all.tunings.map((one) => (isOwn(one) ? { ...one, of_card: true } : one)),
    },
    doctor_card: {
      ...doctorCard(card ?? { bus: 'none' }, their, (board) => card?.known?.[board] ?? []),
      tunings: all.tunings.filter(isOwn),
    },
  } as unknown as View
  return render({
    templates: [questions, ofCard, ofImage, words].map((path) => ({
      path,
      text: templateAt(path),
      executable: false,
    })),
    view,
  })
}

const found = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .map((dir) => join(dir, name))
    .find(existsSync)

const realpath = (name: string): string | undefined =>
  found(name) === undefined ? undefined : realpathSync(found(name)!)

/** What the script may use of Debian, but for what the tests put in the place of it. */
const tools =
  'sh awk cat chmod cut date dirname env grep head iconv ls mkdir mktemp mv rm sed sort sync tail test timeout touch tr true uname wc'.split(
    ' ',
  )
const quiet = {
  id: 'echo 0',
  journalctl: 'exit 1',
  dmesg: '',
  ps: 'echo CLS RTPRIO PRI PSR COMMAND',
  systemctl: 'exit 4',
}
/** Those there are, each once: `sh` is one of the others. */
const shells = [['dash'], ['bash', '--posix'], ['sh']].filter(
  ([name], i) =>
    found(name!) !== undefined &&
    (i < 2 || !['dash', 'bash'].some((other) => realpath(other) === realpath(name!))),
)

interface Machine {
  shell?: string[]
  args?: string[]
  /** scripts in its PATH; null: not there */
  programs?: Record<string, string | null>
  files?: Record<string, string>
  folder?: string
  card?: Card
  /** the boards of the image, and what is known of the card on some of them */
  their?: Parameters<typeof doctorChecks>[1]
  /** without the file of its questions */
  lost?: boolean
}

interface Answer {
  status: number | null
  stdout: string
  stderr: string
}

function doctor(tunings: readonly PlannedTuning[], machine: Machine = {}): Answer {
  const {
    shell = ['sh'],
    args = [],
    programs = {},
    files = {},
    folder = temporaryFolder(),
    card,
    lost = false,
  } = machine
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const name of tools) if (!(name in programs)) symlinkSync(found(name)!, join(bin, name))
  for (const [name, body] of Object.entries({ ...quiet, ...programs })) {
    if (body === null) continue
    write(bin, { [name]: `#!${found('sh')}\n${body}\n` })
    chmodSync(join(bin, name), 0o755)
  }
  write(folder, files)
  const state = join(folder, 'usr/lib/downbeat/jack-state')
  if (existsSync(state)) chmodSync(state, 0o755)
  const script = join(folder, 'downbeat-doctor')
  const moved = (text: string): string =>
    text.replaceAll(
      /(?<=[ "'=])\/(?=(proc|sys|etc|var|usr\/share|usr\/lib\/downbeat)\/)/g,
      `${folder}/`,
    )
  const texts = asking(tunings, card, machine).map(({ path, text }) => [
    path,
    path.endsWith('report-words') ? moved(text) : text,
  ])
  write(folder, {
    'downbeat-doctor': moved(templateAt(program)),
    ...(lost ? {} : Object.fromEntries(texts)),
  })
  const { status, stdout, stderr } = spawnSync(
    found(shell[0]!)!,
    [...shell.slice(1), script, ...args],
    {
      encoding: 'utf8',
      env: { PATH: bin },
      cwd: folder,
    },
  )
  return { status, stdout, stderr }
}

interface Document {
  image: string
  where: string
  passed: number
  failed: number
  checks_failed: number
  not_asked: { card: number; device: number; board: number }
  tunings: {
    id: string
    about: string
    state: string
    mend: string
    proofs: {
      proof: string
      on: string
      state: string
      why: string
      expected: string
      seen: string
    }[]
  }[]
  checks: { id: string; state: string; says: string; do: string; details: string }[]
}

/** The JSON document, and nothing but it. */
function asked(
  tunings: readonly PlannedTuning[],
  machine: Machine = {},
): Document & { exit: number | null } {
  const { status, stdout, stderr } = doctor(tunings, {
    ...machine,
    args: ['--json', ...(machine.args ?? [])],
  })
  expect(stderr).toBe('')
  return { ...(JSON.parse(stdout) as Document), exit: status }
}

const check = (
  id: string,
  machine: Machine = {},
): Document['checks'][number] & { exit: number | null } => {
  const { checks, exit } = asked([], machine)
  return { ...checks.find((one) => one.id === id)!, exit }
}

const states = ({ tunings }: Document): string[] =>
  tunings.flatMap(({ proofs }) => proofs.map(({ state }) => state))

/** A word for the shell, made in another way than lib/plan/proofs/proof.ts makes it. */
const printing = (text: string): string =>
  `printf '${[...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`

const hostile = [
  "it's",
  '"double"',
  '$HOME ${HOME} $(touch hacked) `touch hacked`',
  "'; touch hacked; '",
  '\\',
  'ends with \\',
  '\\n \\033 %s %d %%',
  'two\nlines',
  'END\nEND',
  '\nstarts and ends\n',
  '* ? [a] ~ !x #y {a,b} <z >hacked &',
  'käse ♪ 🎹',
  '\u0001\u0007\u0008\t\u001b[31m\u001f\u007f',
  '{{image.name}} }} {{',
  '-n',
  '--',
]

describe('the checks', () => {
  test('are made of the tunings in force', () => {
    const of = (off?: string): PlannedTuning =>
      tuning('a', [{ run: 'x', prints: '' }], off === undefined ? {} : { off })
    expect(
      doctorChecks([of(), of('switched off')], boards).tunings.map(({ id, proofs }) => [
        id,
        proofs.length,
      ]),
    ).toEqual([['a', 1]])
  })

  test('say what to do: what the tuning says, or to build it in', () => {
    const call = (more: Partial<PlannedTuning>): string =>
      doctorChecks([tuning('a', [], more)], boards).tunings[0]!.call
    expect(call({ mend: "plug it in, don't wait" })).toContain(`'plug it in, don'\\''t wait'`)
    expect(call({})).toContain('--set tunings.a=on')
    expect(call({})).toContain('tunings/a.yaml')
  })

  test('name the boards of a tuning that is not for all of them', () => {
    const call = (of: string[]): string =>
      doctorChecks([tuning('a', [], { boards: of })], boards).tunings[0]!.call
    expect(call(['one', 'two'])).not.toContain('maker,')
    expect(call(['two'])).toMatch(/ 'maker,board-2'$/)
  })

  test.each(hostile)('are lines that a shell can read, whatever is in them: %j', (word) => {
    const all = doctorChecks(
      [
        tuning('a', [{ run: word, prints: word, lacks: 'x', wait: 2, on: 'card' }], {
          about: word,
          mend: word,
        }),
      ],
      boards,
    )
    const { call, proofs } = all.tunings[0]!
    const functions = 'tuning() { printf "<%s>" "$@"; }; ask() { tuning "$@"; }'
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `${functions}\n${call}\n${proofs.join('\n')}`],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(stdout.startsWith(`<a><${word}><${word}><card><2><`)).toBe(true)
    expect(stdout.endsWith(`><run><${word}><prints><${word}><lacks><x>`)).toBe(true)
  })
})

test('the program and what it asks can be read by a shell', () => {
  expect(statSync(join(repository, 'templates', program)).mode & 0o111).toBe(0o111)
  expect(templateAt(program)).toMatch(/^#!\/bin\/sh\n/)
  const own = { bus: 'usb' as const, own: ['b'] }
  const texts = asking(
    ['a', 'b'].map((id) =>
      tuning(
        id,
        hostile.map((word) => ({ run: word, prints: word })),
      ),
    ),
    own,
  )
  for (const input of [templateAt(program), ...texts.map(({ text }) => text)])
    for (const shell of shells) {
      const { status, stderr } = spawnSync(shell[0]!, [...shell.slice(1), '-n'], {
        input,
        encoding: 'utf8',
      })
      expect([status, stderr], shell.join(' ')).toEqual([0, ''])
    }
})

test('an image that has lost what there is to ask is told to be flashed again', () => {
  const folder = temporaryFolder()
  const { status, stderr } = doctor([], { folder, lost: true })
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^downbeat-doctor: there is no .*doctor\.sh: this image is not whole; flash it again\n$/,
  )
})

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))(
  'run by %s,',
  (_, shell) => {
    test('it judges as lib/plan/proofs/proof.ts does', () => {
      const texts = [
        '',
        '\n',
        'a',
        'a\n',
        'a\n\n',
        '\na\n',
        'a\nb',
        'a\nb\n',
        ' a',
        'b\\',
        '95\nunlimited\n',
        '\u001b[1m a $b\n',
        'ä\n',
      ]
      const verdicts = [
        { prints: '' },
        { prints: 'a' },
        { prints: 'a\n' },
        { prints: 'a\nb' },
        { prints: '95\nunlimited' },
        { prints: 'b\\' },
        { matches: '^a$' },
        { matches: '^$' },
        { lacks: '^$' },
        { matches: '' },
        { lacks: '' },
        { matches: '^.$' },
        { lacks: '^.$' },
        { matches: '-n|^ a' },
        { matches: '\\\\$' },
        { matches: '\\$b$', lacks: 'x' },
        { matches: '^a', lacks: '^b' },
        { prints: 'a', matches: 'b' },
        { prints: 'a', lacks: 'b', matches: 'a' },
      ]
      const all = texts.flatMap((text) =>
        verdicts.map((verdict) => ({ text, data: { run: printing(text), ...verdict } })),
      )
      const expected = all.map(({ text, data }) => [
        data,
        accepts(question(proof(data)).verdict, text) ? 'passed' : 'failed',
      ])
      const tunings = [
        tuning(
          'a',
          all.map(({ data }) => data),
        ),
      ]
      expect(states(asked(tunings, { shell })).map((state, i) => [all[i]!.data, state])).toEqual(
        expected,
      )
    })

    test('it looks at files, at what is in folders, and at what is not there', () => {
      const folder = temporaryFolder()
      const odd = "a 'file' $(touch hacked) \\mine"
      write(folder, { [odd]: 'gpu_mem=16\n', 'dir/inner': '', empty: '' })
      const none = join(folder, 'none')
      const proofs: [object, string][] = [
        [{ file: join(folder, odd), matches: '^gpu_mem=16$' }, 'passed'],
        [{ file: join(folder, odd), lacks: '^gpu_mem' }, 'failed'],
        [{ file: join(folder, odd), absent: true }, 'failed'],
        [{ file: join(folder, 'empty'), absent: true }, 'failed'],
        [{ file: join(folder, 'empty'), prints: '' }, 'passed'],
        [{ file: join(folder, 'dir'), absent: true }, 'failed'],
        [{ file: join(folder, 'dir'), matches: '^inner$' }, 'passed'],
        [{ file: none, absent: true }, 'passed'],
        [{ file: none, prints: '' }, 'failed'],
        [{ file: none, matches: '' }, 'failed'],
        [{ file: none, lacks: 'x' }, 'failed'],
      ]
      const tunings = [
        tuning(
          'a',
          proofs.map(([data]) => data),
        ),
      ]
      expect(states(asked(tunings, { shell })).map((state, i) => [proofs[i]![0], state])).toEqual(
        proofs,
      )
    })

    test('it asks for packages, units and options of the kernel', () => {
      const programs = {
        'dpkg-query': 'case $4 in jackd2) echo "ii ";; rtkit) echo "rc ";; *) exit 1;; esac',
        systemctl:
          'case "$1 $2" in "is-enabled a.timer") echo masked; exit 1;; "is-active b.service") echo activating; exit 3;; esac',
        zcat: "printf 'CONFIG_HZ_1000=y\\nCONFIG_HZ=1000\\n# CONFIG_CPU_FREQ is not set\\n'",
      }
      const proofs: [object, string][] = [
        [{ package: 'jackd2', is: 'installed' }, 'passed'],
        [{ package: 'jackd2', is: 'absent' }, 'failed'],
        [{ package: 'rtkit', is: 'absent' }, 'passed'],
        [{ package: 'pipewire', is: 'absent' }, 'passed'],
        [{ package: 'pipewire', is: 'installed' }, 'failed'],
        [{ unit: 'a.timer', is: 'masked' }, 'passed'],
        [{ unit: 'a.timer', is: 'enabled' }, 'failed'],
        [{ unit: 'b.service', is: 'active' }, 'failed'],
        [{ config: 'CONFIG_HZ=1000' }, 'passed'],
        [{ config: 'CONFIG_HZ=100' }, 'failed'],
        [{ config: 'CONFIG_CPU_FREQ=n' }, 'passed'],
        [{ config: 'CONFIG_UNKNOWN=y' }, 'failed'],
      ]
      const tunings = [
        tuning(
          'a',
          proofs.map(([data]) => data),
        ),
      ]
      expect(
        states(asked(tunings, { shell, programs })).map((state, i) => [proofs[i]![0], state]),
      ).toEqual(proofs)
    })

    test('it takes every text for what it is, and its JSON is such', () => {
      const folder = temporaryFolder()
      const tunings = hostile.map((word, i) => {
        const said = printing(word)
        const lost = word.replace(/\n+$/, '') // of what is printed the last line ends do not count
        return tuning(
          `t${i}`,
          [
            { run: said, prints: lost },
            { run: `: '${word.replaceAll("'", '')}'; ${said}`, prints: `${word}!` },
          ],
          {
            about: word,
            mend: word,
          },
        )
      })
      const document = asked(tunings, { shell, folder })
      const read = document.tunings.map(({ about, mend, proofs }) => ({
        about,
        mend,
        proofs: proofs.map(({ state, seen }) => [state, seen]),
      }))
      expect(read).toEqual(
        hostile.map((word) => {
          const seen = word.replace(/\n+$/, '')
          return {
            about: word,
            mend: word,
            proofs: [
              ['passed', seen],
              ['failed', seen],
            ],
          }
        }),
      )
      const told = doctor(tunings, { shell, folder: temporaryFolder() })
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      const control = /[\u0000-\u0008\u000b-\u001f\u007f]/
      const seen = [...told.stdout.matchAll(/seen: .*/g)].filter(([line]) => control.test(line))
      expect(seen).toEqual([])
      expect([told.stderr, existsSync(join(folder, 'hacked'))]).toEqual(['', false])
    })

    test('it leaves bytes that are no text out of its JSON, and much of what is long', () => {
      const run = "printf 'a\\377b\\303\\002\\003\\n'; head -c 100000 /dev/zero | tr '\\0' x"
      const { seen } = asked([tuning('a', [{ run, prints: '' }])], { shell }).tunings[0]!.proofs[0]!
      expect(seen).toMatch(/^ab\?\?\nx{1990,2000}…$/)
    })

    test('it gives what takes a while its time, second by second', () => {
      const run = (folder: string): string => `test -e ${folder}/come && echo come`
      const slept = (folder: string): number =>
        existsSync(join(folder, 'slept')) ? readFileSync(join(folder, 'slept'), 'utf8').length : 0
      const wait = (
        seconds: number | undefined,
        comes: number,
        where: string,
      ): [string, number] => {
        const folder = temporaryFolder()
        const sleep = `printf x >>${folder}/slept; test "$(wc -c <${folder}/slept)" -lt ${comes} || touch ${folder}/come`
        const data = {
          run: run(folder),
          prints: 'come',
          ...(seconds === undefined ? {} : { wait: seconds }),
        }
        const { tunings } = asked([tuning('a', [data])], {
          shell,
          folder,
          args: ['--where', where],
          programs: { sleep },
        })
        return [tunings[0]!.proofs[0]!.state, slept(folder)]
      }
      expect(wait(undefined, 1, 'boot')).toEqual(['failed', 0])
      expect(wait(3, 2, 'device')).toEqual(['passed', 2])
      expect(wait(3, 4, 'device')).toEqual(['failed', 3])
      expect(wait(12, 12, 'card')).toEqual(['passed', 12])
      expect(wait(12, 12, 'device')).toEqual(['failed', 10])
    })

    test('it tells a person what failed: expected, seen, and what to do', () => {
      const { status, stdout, stderr } = doctor(
        [
          tuning('no-swap', [{ run: 'echo 1', prints: '1' }]),
          tuning('shm', [
            { run: 'echo 2', prints: '2' },
            { run: "printf 'x\\ny\\n'", matches: '^z' },
            { run: 'true', prints: '3' },
          ]),
          tuning('card', [
            { run: 'echo 4', prints: '4', on: 'card' },
            { run: 'echo 5', prints: '5' },
          ]),
          tuning('board', [{ run: 'echo 6', prints: '6', on: 'device' }]),
        ],
        { shell, args: ['--where=boot'] },
      )
      expect([status, stderr]).toEqual([1, ''])
      expect(stdout)
        .toContain(`stage: A card of it's $own, JACK with 3 periods of 128 frames at 48000 Hz: 8.0 ms

✔ no-swap: what no-swap does
✖ shm: what shm does
    ✖ \`printf 'x\\ny\\n'\` has a line that matches ^z
      expected: has a line that matches ^z
      seen:     x
                y
    ✖ \`true\` is "3"
      expected: is "3"
      seen:     nothing
      do:       build the image anew with --set tunings.shm=on and flash it; tunings/shm.yaml says what it changes
✔ card: what card does (1 of 2 not asked)
– board: what board does (1 of 1 not asked)
`)
      expect(stdout).toMatch(
        /^proofs: 3 passed, 2 failed; not asked: 1 that need the sound card, 1 that need a real board, 0 for other boards; of the other checks 0 failed$/m,
      )
    })

    test('it works where there is nothing to see', () => {
      const document = asked([], {
        shell,
        programs: { ps: 'exit 1', dmesg: null, journalctl: null, systemctl: null },
      })
      expect(document).toMatchObject({
        image: 'stage',
        where: 'device',
        passed: 0,
        failed: 0,
        checks_failed: 0,
        exit: 0,
      })
      expect(document.checks.map(({ id, state }) => [id, state])).toEqual([
        ['power', 'unknown'],
        ['heat', 'unknown'],
        ['xruns', 'unknown'],
        ['threads', 'info'],
        ['interrupts', 'unknown'],
        ['latency', 'info'],
      ])
      expect(doctor([], { shell }).status).toBe(0)
    })
  },
)

describe('what it asks', () => {
  const one = (on: string): PlannedTuning => tuning(on, [{ run: 'true', prints: '', on }])
  const all = [one('boot'), one('card'), one('device')]

  test.each([
    [[], 'device', 3, { card: 0, device: 0, board: 0 }],
    [['--where', 'device'], 'device', 3, { card: 0, device: 0, board: 0 }],
    [['--where=card'], 'card', 2, { card: 0, device: 1, board: 0 }],
    [['--where', 'boot'], 'boot', 1, { card: 1, device: 1, board: 0 }],
  ])('depends on what there is: %j', (args, where, passed, not_asked) => {
    expect(asked(all, { args })).toMatchObject({ where, passed, failed: 0, not_asked, exit: 0 })
  })

  test('is marked where it is left out', () => {
    const { tunings } = asked(all, { args: ['--where', 'boot'] })
    expect(tunings.map(({ state, proofs }) => [state, proofs[0]!.state, proofs[0]!.why])).toEqual([
      ['passed', 'passed', ''],
      ['skipped', 'skipped', 'needs the sound card'],
      ['skipped', 'skipped', 'needs a real board'],
    ])
  })

  test('depends on the board: what is for others only is left out', () => {
    const of = (id: string, its: string[]): PlannedTuning =>
      tuning(id, [{ run: 'echo no', prints: 'yes' }], { boards: its })
    const tunings = [of('first', ['one']), of('second', ['two']), of('both', ['one', 'two'])]
    const on = (compatible: string): string[] =>
      states(asked(tunings, { files: { 'proc/device-tree/compatible': compatible } }))
    expect(on('maker,board-2\0maker,chip\0')).toEqual(['skipped', 'failed', 'failed'])
    expect(on('maker,board-1-plus\0maker,board-1\0')).toEqual(['failed', 'skipped', 'failed'])
    expect(on('maker,board-10\0')).toEqual(['skipped', 'skipped', 'failed'])
    const { not_asked, exit, tunings: told } = asked(tunings.slice(0, 2))
    expect([not_asked.board, exit, told[0]!.proofs[0]!.why]).toEqual([2, 0, 'for other boards'])
  })

  test('fails where grep cannot read a pattern, even one that no line may match', () => {
    const { status, stdout } = doctor([tuning('a', [{ run: 'echo a', lacks: '[[:nothing:]]' }])])
    expect([status, stdout]).toEqual([1, expect.stringContaining('✖ a:')])
  })
})

describe('its exit status', () => {
  const passes = tuning('a', [{ run: 'true', prints: '' }])
  const fails = tuning('b', [{ run: 'true', prints: 'x' }])

  test('is 0 if nothing failed, and 1 if something did, in JSON too', () => {
    for (const args of [[], ['--json']]) {
      expect(doctor([passes], { args }).status).toBe(0)
      expect(doctor([passes, fails], { args }).status).toBe(1)
    }
  })

  test.each([
    [['--jsn'], 'there is no --jsn; downbeat-doctor --help shows the options there are'],
    [['boot'], 'there is no boot; downbeat-doctor --help shows the options there are'],
    [['--where', 'bed'], '--where bed: expected boot, card or device'],
    [['--where=bed'], '--where bed: expected boot, card or device'],
    [['--where'], '--where : expected boot, card or device'],
  ])('is 2 after %j, with a message', (args, message) => {
    expect(doctor([fails], { args })).toEqual({
      status: 2,
      stdout: '',
      stderr: `downbeat-doctor: ${message}\n`,
    })
  })

  test('is 0 after --help, for everybody', () => {
    const { status, stdout, stderr } = doctor([fails], {
      args: ['--help'],
      programs: { id: 'echo 1000' },
    })
    expect([status, stderr]).toEqual([0, ''])
    for (const word of ['--where boot', 'card', 'device', '--json', '--help', 'Exit status'])
      expect(stdout).toContain(word)
  })

  test('is 2 if it is not root and cannot become it', () => {
    const { status, stdout, stderr } = doctor([passes], { programs: { id: 'echo 1000' } })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('log in as root')
  })

  test('is that of sudo if there is one, which gets the same options', () => {
    const folder = temporaryFolder()
    const programs = { id: 'echo 1000', sudo: 'printf "<%s>" "$@"; exit 7' }
    const { status, stdout } = doctor([passes], {
      folder,
      programs,
      args: ['--json', '--where', 'card'],
    })
    expect([status, stdout]).toEqual([7, `<--><${folder}/downbeat-doctor><--where><card><--json>`])
  })
})

describe('the report', () => {
  const tunings = [
    tuning('good', [{ run: 'true', prints: '' }]),
    tuning('bad', [
      { run: 'true', prints: '' },
      { run: 'echo secret.example 192.0.2.7', prints: 'x' },
    ]),
    tuning('other', [{ run: 'true', prints: '' }], { boards: ['two'] }),
  ]
  const files = {
    'proc/device-tree/compatible': 'maker,board-1\0maker,chip\0',
    'proc/device-tree/serial-number': '10000000SECRET\0',
    'proc/asound/card0/usbid': 'fff0:0008\n',
    'etc/hostname': 'SECRET\n',
  }
  const programs = {
    journalctl: `echo 'SECRET: xrun of 192.0.2.7'`,
    uname: 'echo 6.12.107-rt15',
  }
  const report = (machine: Machine = {}): { folder: string; answer: Answer; text: string } => {
    const folder = temporaryFolder()
    const args = ['--report', 'report.json', ...(machine.args ?? [])]
    const answer = doctor(tunings, { files, programs, ...machine, folder, args })
    const path = join(folder, 'report.json')
    return { folder, answer, text: existsSync(path) ? readFileSync(path, 'utf8') : '' }
  }

  test.each(shells.map((shell) => [shell.join(' '), shell]))(
    'written by %s, has the fields that are known, and no other',
    (_, shell) => {
      const { answer, text } = report({ shell })
      expect(answer).toMatchObject({ status: 1, stderr: '' })
      expect(answer.stdout).toContain('written: report.json')
      expect(JSON.parse(text)).toEqual({
        report: 'downbeat-doctor',
        format: 1,
        date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string,
        image: 'stage',
        version: '0.1.0',
        base: 'a-base',
        kernel: 'a-kernel',
        release: '6.12.107-rt15',
        own: false,
        boards: ['one'],
        soundcard: 'a-card',
        usb: 'fff0:0008',
        where: 'device',
        passed: 2,
        failed: 1,
        checks_failed: 0,
        not_asked: { card: 0, device: 0, board: 1 },
        tunings: {
          good: { passed: 1, failed: 0, not_asked: 0 },
          bad: { passed: 1, failed: 1, not_asked: 0 },
          other: { passed: 0, failed: 0, not_asked: 1 },
        },
        checks: {
          power: 'unknown',
          heat: 'unknown',
          xruns: 'warning',
          threads: 'info',
          interrupts: 'unknown',
          latency: 'info',
        },
      })
      for (const private_ of ['SECRET', 'secret', '192.0.2.7']) expect(text).not.toContain(private_)
    },
  )

  test('is what the reader of reports takes', () => {
    const { folder } = report()
    const said = refusal(() =>
      recordOfReport(catalogueAt(repository), join(folder, 'report.json'), {
        by: 'somebody',
        board: undefined,
      }),
    )
    // all that is wrong is that the base of this test is none
    expect(said).toContain('there is no bases/a-base.yaml')
  })

  test('stands beside the JSON document', () => {
    const { answer, text } = report({ args: ['--json'] })
    expect(JSON.parse(answer.stdout)).toMatchObject({ passed: 2 })
    expect(JSON.parse(text)).toMatchObject({ passed: 2 })
  })

  test('names all boards that call themselves the same', () => {
    const their = [boards[0]!, { ...boards[0]!, id: 'sister' }]
    expect(JSON.parse(report({ their }).text)).toMatchObject({ boards: ['one', 'sister'] })
  })

  test('is that of another user, who becomes root', () => {
    const folder = temporaryFolder()
    const sudo = 'printf "<%s>" "$@"'
    const { stdout } = doctor(tunings, {
      folder,
      programs: { id: 'echo 1000', sudo },
      args: ['--report', 'my report.json'],
    })
    expect(stdout).toContain('<--where><device><--report><my report.json>')
  })

  test.each([
    [['--report'], '--report: say the file to write'],
    [['--report', '--json'], '--report: --json looks like an option'],
    [['--report', 'none/x.json'], '--report: there is no folder none'],
    [['--report=proc'], '--report: proc is a folder: say the file to write'],
  ])('%j is refused before anything is asked', (args, message) => {
    const { status, stdout, stderr } = doctor(tunings, { files, args })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

describe('power', () => {
  const board = (compatible: string) => ({
    'proc/device-tree/compatible': `${compatible}\0maker,chip\0`,
  })
  const sensor = (alarm: string) => ({
    'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
    'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
    'sys/class/hwmon/hwmon1/in0_lcrit_alarm': `${alarm}\n`,
  })
  const log = (line: string) => ({
    journalctl: `case "$*" in *-k*) echo 'Booting'; echo '${line}'; echo 'Voltage normalised';; esac`,
  })

  test('is well if sensor and log say so', () => {
    expect(check('power', { files: sensor('0'), programs: log('mmc0: new card') })).toMatchObject({
      state: 'passed',
      exit: 0,
    })
  })

  test('fails if the voltage is too low now, and says which supply the board wants', () => {
    const {
      state,
      says,
      do: what,
      exit,
    } = check('power', { files: { ...sensor('1'), ...board('maker,board-2') } })
    expect([state, exit]).toEqual(['failed', 1])
    expect(says).toContain('now')
    expect(what).toContain('at least 2500 mA')
    expect(check('power', { files: sensor('1') }).do).toContain('as much as the board wants')
  })

  test.each(['hwmon hwmon1: Undervoltage detected!', 'Under-voltage detected! (0x00050005)'])(
    'fails if the log says: %s',
    (line) => {
      expect(check('power', { programs: log(line) })).toMatchObject({
        state: 'failed',
        says: expect.stringContaining(': 1)') as string,
        exit: 1,
      })
      const dmesg = `echo '[ 12.3] ${line}'; echo '[ 15.3] ${line}'`
      expect(check('power', { programs: { dmesg } })).toMatchObject({
        state: 'failed',
        says: expect.stringContaining(': 2)') as string,
        exit: 1,
      })
    },
  )

  test('is not known where the board cannot tell', () => {
    expect(check('power')).toMatchObject({ state: 'unknown', exit: 0 })
    expect(check('power', { files: { ...sensor('0'), ...board('maker,board-1') } })).toMatchObject({
      state: 'unknown',
      exit: 0,
    })
  })
})

describe('the mixer', () => {
  const told = (...lines: string[]) => ({
    journalctl: `case "$*" in *downbeat-mixer@*) printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} ;; esac`,
  })
  const set = 'The mixer of Desk is set (controls: 12)'
  const unlike = 'The mixer of Desk is set, but for this: Line Volume: the card has no such control'

  test('that was set is said, as the journal has it last', () => {
    expect(check('mixer', { programs: told(unlike, 'Starting …', set) })).toMatchObject({
      state: 'passed',
      says: set,
    })
  })

  test('that could not be set is a fault, with what is missing', () => {
    expect(check('mixer', { programs: told(set, unlike) })).toMatchObject({
      state: 'failed',
      says: unlike,
      exit: 1,
    })
  })

  test('is not asked for where no card is to be there, or nothing was said', () => {
    const programs = told(unlike)
    expect(check('mixer', { programs, args: ['--where', 'boot'] })).not.toHaveProperty('state')
    expect(check('mixer', { programs, card: { bus: 'usb' } })).not.toHaveProperty('state')
    expect(check('mixer', { programs: told() })).not.toHaveProperty('state')
  })
})

describe('the server', () => {
  const state = (text: string) => ({ 'usr/lib/downbeat/jack-state': `#!${found('sh')}\n${text}\n` })
  const chosen = 'JACK plays through Desk: it has the most channels (channels: Desk 8, Synth 2)'
  const told = {
    journalctl: `case "$*" in *jackd-card*) echo 'JACK plays through Synth: x'; echo '${chosen}' ;; esac`,
  }

  test('that runs is said with its card, and why it is that one', () => {
    expect(check('server', { files: state(''), programs: told })).toMatchObject({
      state: 'passed',
      says: chosen,
    })
  })

  test('that was given up is a fault, with the reason', () => {
    const why = 'JACK has failed again and again on the sound card Desk, …: no such device'
    const files = state(`echo '${why}'; echo 'It is started again when …'`)
    expect(check('server', { files, programs: told })).toMatchObject({
      state: 'failed',
      says: why,
      do: "plug in the card again; journalctl -b -u 'jackd@*' says more",
      exit: 1,
    })
  })

  test('is not asked for where no card is to be there', () => {
    const files = state('echo no')
    expect(check('server', { files, args: ['--where', 'boot'] })).not.toHaveProperty('state')
    expect(check('server', { files, card: { bus: 'usb' } })).not.toHaveProperty('state')
  })

  test.each(['jackd-midi.service', 'downbeat-autostart.service'])(
    '%s that was given up is a fault',
    (unit) => {
      const programs = { systemctl: `[ "$*" = '-q is-failed ${unit}' ]` }
      expect(check(unit, { programs })).toMatchObject({
        state: 'failed',
        says: expect.stringContaining('is not tried any more') as string,
        do: `journalctl -b -u ${unit} says why; sudo systemctl restart ${unit} tries it again`,
      })
      expect(check(unit)).not.toHaveProperty('state')
    },
  )
})

describe('what is known of the board', () => {
  const gap = "Wi-Fi works only where it's a chip"
  const chips = { lacking: 'BCM43430/2', working: 'BCM43430/1' }
  const their = [{ ...boards[0]!, wifi_firmware: chips, wifi_gap: gap }, boards[1]!]
  const on = (compatible: string) => ({ 'proc/device-tree/compatible': `${compatible}\0` })
  const cases = join(repository, 'test/cases/radio')
  const radio = (log: string | undefined, files: Record<string, string> = {}, board = 'board-1') =>
    check('wifi', {
      their,
      files: { ...on(`maker,${board}`), ...files },
      programs: log === undefined ? {} : { dmesg: `cat '${join(cases, log)}'` }, // test/cases/radio/README.md
    })
  const wlan = { 'sys/class/net/wlan0/phy80211/name': 'phy0\n' }

  test('that its radio may lack its firmware is said where no radio is there', () => {
    expect(radio(undefined)).toMatchObject({
      state: 'warning',
      says: `no radio is there, and the log of this boot does not tell its chip. ${gap}`,
      do: 'a USB adapter for Wi-Fi or Ethernet',
      exit: 0,
    })
  })

  test('and that it is the chip without, where the driver says so', () => {
    expect(radio('bcm43430-2.log')).toMatchObject({
      state: 'warning',
      says: `the radio of this board is a BCM43430/2, and has no firmware. ${gap}`,
      do: 'a USB adapter for Wi-Fi or Ethernet',
      exit: 0,
    })
  })

  test('and not that it lacks something where it works: it has the other chip', () => {
    expect(radio('bcm43430-1.log', wlan)).toMatchObject({
      state: 'passed',
      says: 'the radio, a BCM43430/1, has its firmware',
    })
    expect(radio(undefined, wlan)).toMatchObject({ says: 'the radio has its firmware' })
  })

  test('a radio whose firmware is there and that does not work is a fault', () => {
    expect(radio('bcm43430-1.log')).toMatchObject({
      state: 'failed',
      says: 'the radio of this board is a BCM43430/1, which has firmware, and does not work',
      do: 'dmesg | grep brcmfmac says why',
    })
  })

  test('on another board nothing of this is said', () => {
    expect(radio('bcm43430-2.log', {}, 'board-2')).not.toHaveProperty('state')
  })

  test('with this sound card is said with its thread, and only on that board', () => {
    const known = { two: ['it stops (https://example.org/1)'] }
    const card = { bus: 'i2s' as const, alsa_id: 'x', known }
    expect(check('pair', { card, files: on('maker,board-2') })).toMatchObject({
      state: 'info',
      says: 'known of this sound card on this board: it stops (https://example.org/1)',
    })
    expect(check('pair', { card, files: on('maker,board-1') })).not.toHaveProperty('state')
  })
})

test.each([
  ['51540', 'info', '51 °C'],
  ['79999', 'info', '79 °C'],
  ['80000', 'warning', 'slowed down'],
  ['-1', 'unknown', 'cannot tell'],
  ['', 'unknown', 'cannot tell'],
])('heat of %s thousandths is %s', (temp, state, words) => {
  const { exit, ...heat } = check('heat', {
    files: { 'sys/class/thermal/thermal_zone0/temp': `${temp}\n` },
  })
  expect(heat).toMatchObject({ state, says: expect.stringContaining(words) as string })
  expect(exit).toBe(0)
})

describe('xruns', () => {
  const journal = (...lines: string[]) => ({
    journalctl: `case "$*" in *jackd@*) printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')};; esac`,
  })
  const started = (alsa: string) => ({
    'etc/default/jackd': `# -s hides\nJACKD_SERVER="-R -s"\nJACKD_ALSA="${alsa}"\n`,
  })

  test('are counted as jackd tells them, with advice', () => {
    expect(
      check('xruns', {
        programs: journal('jackdmp 1.9.22', 'ALSA: use 3 periods'),
        files: started('-p128 -n3 --shorts'),
      }),
    ).toMatchObject({
      state: 'info',
      do: '',
    })
    const some = check('xruns', {
      programs: journal('jackdmp', 'JackEngine::XRun: client = tone', 'ALSA: xrun of 3 ms'),
      files: started('-p128'),
    })
    expect(some).toMatchObject({
      state: 'warning',
      says: expect.stringContaining(' 2 ') as string,
      exit: 0,
    })
    expect(some.do).toContain('-p')
  })

  test('are not known without a journal', () => {
    expect(check('xruns')).toMatchObject({ state: 'unknown', exit: 0 })
  })

  test.each(['-p128 -n3 -r48000 -s', '-s -p128', '-p128 --softmode'])(
    'are hidden by %s',
    (alsa) => {
      const { state, says } = check('xruns', { programs: journal('jackdmp'), files: started(alsa) })
      expect([state, says]).toEqual(['warning', expect.stringContaining('softmode')])
    },
  )
})

test('threads of one name and priority are one line, the most urgent first', () => {
  const list = [
    'CLS RTPRIO PRI PSR COMMAND',
    ' TS      -  19   0 systemd',
    ' FF     50  90   0 irq/56-mmc0',
    ' FF     70 110   2 jackd',
    ' FF      1  41   0 ktimers/0',
    ' FF      1  41   1 ktimers/1',
    ' RR     70 110   1 a client',
    ' FF     99 139   3 migration/3',
    ' FF     70 110   2 jackd',
  ]
  const { state, details } = check('threads', {
    programs: { ps: `cat <<'END'\n${list.join('\n')}\nEND` },
  })
  expect(state).toBe('info')
  expect(details.split('\n')).toEqual([
    'FF 99 migration/*, CPU 3',
    'RR 70 a client, CPU 1',
    'FF 70 jackd x2, CPU 2',
    'FF 50 irq/56-mmc0, CPU 0',
    'FF 1 ktimers/* x2, CPU 0 1',
  ])
})

test('interrupts are added up for each processor, and the five that came most are named', () => {
  const table = `           CPU0       CPU2
 11:       5000          7     GICv2  30 Level     arch_timer
 20:          1          2     GICv2  65 Edge      3f00b880.mailbox
 35:         10         20     GICv2  41 Level     dwc2_hsotg:usb1
 36:          0          5     GICv2  42 Level     mmc0
IPI0:        40        300       Rescheduling interrupts
IPI1:         0          0       CPU stop interrupts
Err:          8
`
  const { details } = check('interrupts', { files: { 'proc/interrupts': table } })
  expect(details.split('\n')).toEqual([
    '5059 CPU0',
    '334 CPU2',
    '5007 11: GICv2 30 Level arch_timer',
    '340 IPI0: Rescheduling interrupts',
    '30 35: GICv2 41 Level dwc2_hsotg:usb1',
    '8 Err:',
    '5 36: GICv2 42 Level mmc0',
  ])
})

describe('scheduling latency', () => {
  const measured = (...worst: number[]) => ({
    cyclictest: `echo "$@" >args; cat <<'END'\n# /dev/cpu_dma_latency set to 0us\n${worst
      .map(
        (max, i) =>
          `T: ${i} ( 7018) P:90 I:200 C:   5000 Min:      8 Act:   12 Avg:   12 Max:    ${max}`,
      )
      .join('\n')}\nEND`,
  })
  const loops = (args: string[]): string => {
    const folder = temporaryFolder()
    check('latency', { folder, args, programs: measured(5) })
    return readFileSync(join(folder, 'args'), 'utf8')
  }

  test('fails above two milliseconds, on the worst of all processors', () => {
    expect(check('latency', { programs: measured(85, 2000, 12) })).toMatchObject({
      state: 'passed',
      exit: 0,
    })
    expect(check('latency', { programs: measured(85, 2001, 12) })).toMatchObject({
      state: 'failed',
      says: expect.stringContaining('2001 µs') as string,
      exit: 1,
    })
  })

  test('means nothing in an emulator', () => {
    for (const where of ['boot', 'card']) {
      expect(
        check('latency', { args: ['--where', where], programs: measured(9000) }),
      ).toMatchObject({ state: 'info', exit: 0 })
    }
    expect(loops(['--where', 'boot'])).toMatch(/ -l200$/m)
    expect(loops([])).toMatch(/^-q -m -S -d0 -p90 -i200 -l5000$/m)
  })

  test('is not known where cyclictest is not there or does not run', () => {
    expect(check('latency')).toMatchObject({
      state: 'info',
      says: expect.stringContaining('rt-tests') as string,
    })
    const programs = { cyclictest: 'echo "Unable to change scheduling policy!"; exit 1' }
    expect(check('latency', { programs })).toMatchObject({
      state: 'warning',
      details: 'Unable to change scheduling policy!',
      exit: 0,
    })
  })
})

describe('a pattern of this repository', () => {
  // What JavaScript and grep -E read differently is not used: \d and its like, lazy repeats, (?:
  // and \ within [].
  const foreign = /\\[a-zA-Z0-9]|\(\?|[*+?}]\?|\[[^\]]*\\/
  const patterns = idsOf('tunings').flatMap((id) => {
    const { proof } = parse(readFileSync(join(repository, 'tunings', `${id}.yaml`), 'utf8')) as {
      proof: object[]
    }
    return proof.flatMap((data) => {
      // as if all values were numbers
      const filled = (text: string): string => text.replaceAll(/\{\{[^}]*\}\}/g, '70')
      const { verdict } = question(Proof.parse(data))
      if ('absent' in verdict) return []
      return [verdict.matches ?? [], verdict.lacks ?? []]
        .flat()
        .map((pattern) => [id, filled(pattern)] as const)
    })
  })
  // Lines that some of them match: each pattern without its signs, and with something around it.
  const lines = patterns.flatMap(([, pattern]) => {
    const plain = pattern.replaceAll(/^\^|\$$|[\\()*+?]/g, '').replaceAll(/\[\^?(.)[^\]]*\]/g, '$1')
    return [plain, `x${plain}`, `${plain}x`, ` ${plain} y`, plain.split('|')[0]!]
  })

  test('there are some', () => {
    expect(patterns.length).toBeGreaterThan(10)
  })

  test.each(patterns)('of %s means to grep -E what it means to JavaScript: %s', (_, pattern) => {
    expect(pattern).not.toMatch(foreign)
    const { stdout, stderr, status } = spawnSync('grep', ['-aE', '-e', pattern], {
      input: lines.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    })
    expect([0, 1]).toContain(status)
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(0, -1)).toEqual(
      lines.filter((line) => new RegExp(pattern).test(line)),
    )
  })
})

describe('the sound card', () => {
  const needsIt = [tuning('a', [{ run: 'echo no', prints: 'yes', on: 'card' }])]
  const cards = (text: string): Record<string, string> => ({ 'proc/asound/cards': text })

  test.each([
    [{ bus: 'usb' as const }, ' 1 [Scarlett       ]: USB-Audio - Scarlett 2i2'],
    [{ bus: 'i2s' as const, alsa_id: 'sndrpi' }, ' 0 [sndrpi         ]: simple-card - sndrpi'],
  ])('that is there has its proofs asked: %j', (card, there) => {
    const said = asked(needsIt, { card, files: cards(there) })
    expect([said.failed, said.checks.find(({ id }) => id === 'card')]).toEqual([1, undefined])
  })

  test.each([{ bus: 'usb' as const }, { bus: 'i2s' as const, alsa_id: 'sndrpi' }])(
    'that is not there is said once: %j',
    (card) => {
      const said = asked(needsIt, { card, files: cards(' 0 [sndrpi2        ]: another - another') })
      expect([said.failed, said.not_asked.card, said.exit]).toEqual([0, 1, 1])
      expect(said.checks.find(({ id }) => id === 'card')).toMatchObject({
        state: 'failed',
        do: expect.stringContaining('plug it in') as string,
      })
    },
  )

  test('may have tunings of its own, which are asked in their place among the others', () => {
    const tunings = ['a', 'b', 'c'].map((id) => tuning(id, [{ run: `echo ${id}`, prints: id }]))
    const said = (own: string[]): Document =>
      asked(tunings, { card: { bus: 'none', own }, args: ['--where', 'boot'] })
    for (const own of [[], ['b'], ['a', 'c'], ['a', 'b', 'c']])
      expect(
        said(own).tunings.map(({ id, state }) => [id, state]),
        own.join(),
      ).toEqual([
        ['a', 'passed'],
        ['b', 'passed'],
        ['c', 'passed'],
      ])
  })

  test('is not looked for where there is none to be', () => {
    expect(asked([]).checks.find(({ id }) => id === 'card')).toBeUndefined()
  })
})
