import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { View } from '../../lib/plan/plan.ts'
import { render } from '../../stages/configure/render.ts'
import { isRunning, ownSleep, repository, temporaryFolder, until, write } from './fixtures.ts'

// downbeat-latency is run as it will be in the image, in a machine of its own: its /proc, /run,
// /etc and /var are a folder, and the systemd and the JACK in its PATH are small scripts. This
// systemd reads the environment files as the true one does: those of the unit that it has loaded,
// the drop-in's last. This JACK keeps up with every period but those that a test names.

const [program, facts] = ['root/usr/bin/downbeat-latency', 'root/usr/share/downbeat/latency.sh.hbs']
const [ofImage, words, drawing] = [
  'root/usr/share/downbeat/image.sh.hbs',
  'root/usr/lib/downbeat/report-words',
  'root/usr/lib/downbeat/histogram-svg',
]
const templateAt = (path: string): string =>
  readFileSync(join(repository, 'templates', path), 'utf8')

const found = (name: string): string =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .map((dir) => join(dir, name))
    .find(existsSync)!

const tools =
  'sh awk cat chmod cp cut date dd dirname env flock grep head mkdir mktemp mv readlink rm rmdir sed seq sleep sort sync tail timeout touch tr'.split(
    ' ',
  )

const programs: Record<string, string> = {
  id: 'echo 0',
  nproc: 'echo 1',
  journalctl: 'cat journal 2>/dev/null',
  // runuser -u NAME -- COMMAND...
  runuser: 'echo "$2" >asked-by; shift 3; exec "$@"',
  systemctl: `
drop_in='run/systemd/system/jackd@.service.d/zz-downbeat-latency.conf'
case "$*" in
  daemon-reload) rm -f loaded; [ ! -e "$drop_in" ] || cp "$drop_in" loaded ;;
  'restart jackd@'*)
    rm -f running
    for file in etc/default/jackd $(sed -n 's/^EnvironmentFile=//p' loaded 2>/dev/null); do options=$(sed -n 's/^JACKD_ALSA=//p' "$file" | tr -d '"'); done
    echo "$options" >>started
    period=$(echo " $options" | sed -n 's/.* -p *\\([0-9]*\\).*/\\1/p')
    ! grep -qx "$period" refused 2>/dev/null || exit 1
    echo "$period" >running ;;
  *--state=active*) [ ! -e running ] || echo 'jackd@Audio.service loaded active running JACK sound server on card Audio' ;;
  *--all*) cat units 2>/dev/null ;;
  '-q is-active jackd-midi.service') [ -e midi ] ;;
  '-q is-active jackd@'*) [ -e running ] ;;
  *User*) echo musician ;;
  *MainPID*) echo 4711 ;;
  *InvocationID*) echo 0123 ;;
esac`,
  uname: 'echo 6.12.107-rt15',
  // taskset -c CORES COMMAND...
  taskset: 'echo "$2" >on-core; shift 2; exec "$@"',
  // what a test says in `cyclictest` is done, too
  cyclictest: `
echo "$*" >asked-of-cyclictest
[ ! -e cyclictest.sh ] || . ./cyclictest.sh
cat <<'END'
# /dev/cpu_dma_latency set to 0us
# Histogram
000000 000000
000005\t000990
000009 000009
000017 000001
# Total: 000001000
# Min Latencies: 00005
# Avg Latencies: 00006
# Max Latencies: 00017
# Histogram Overflows: 00000
END`,
  // downbeat-xruns -t SECONDS [-i SECONDS] -w SECONDS; answers/PERIOD is sourced: what it does and says of this
  // period
  'downbeat-xruns': `
[ -e running ] || exit 3
seconds=$2 period=$(cat running) rate=48000 xruns=0 worst=0 load=7.5 died=false status=0
cycles=$(awk "BEGIN { print int($seconds * 48000 / $period) }")
[ ! -e answers/$period ] || [ ! -e loaded ] || . ./answers/$period
[ ! -e answers/now ] || . ./answers/now
[ "$xruns" = 0 ] || status=1
echo "{\\"seconds\\":$seconds,\\"rate\\":$rate,\\"period\\":$period,\\"cycles\\":$cycles,\\"xruns\\":$xruns,\\"worst_usecs\\":$worst,\\"max_load\\":$load,\\"died\\":$died}"
exit $status`,
}

const defaultSettings = `# how jackd is started\nJACKD_SERVER="-R -P70"\n\n# the card\nJACKD_ALSA="-p128 -n3 -r48000 -P"\n`

interface Machine {
  args?: string[]
  files?: Record<string, string>
  /** scripts in its PATH, beside those above or instead of them */
  programs?: Record<string, string>
  /** shell text that is run in place of a period's measurement, or before its figures are said */
  answers?: Record<number, string>
  smallest?: number
  step?: number
  /** the server waits for all programs, whatever it is told */
  always?: boolean
}

interface Answer {
  folder: string
  status: number | null
  stdout: string
  stderr: string
  /** JACKD_ALSA of each start of the server */
  started: string[]
  settings: string
}

function prepared({
  files = {},
  programs: more = {},
  answers = {},
  smallest = 16,
  step = 1,
  always = false,
}: Machine): string {
  const folder = temporaryFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const scripts = { ...programs, ...more }
  for (const name of tools) if (!(name in scripts)) symlinkSync(found(name), join(bin, name))
  for (const [name, body] of Object.entries(scripts)) {
    write(bin, { [name]: `#!${found('sh')}\ncd '${folder}' || exit 9\n${body}\n` })
    chmodSync(join(bin, name), 0o755)
  }
  write(folder, {
    'etc/default/jackd': defaultSettings,
    'proc/asound/Audio/id': 'Audio\n',
    'run/x': '',
    running: '128\n',
    ...Object.fromEntries(
      Object.entries(answers).map(([period, text]) => [`answers/${period}`, `${text}\n`]),
    ),
    ...files,
  })
  const view = {
    soundcard: {
      id: 'usb',
      smallest_period: smallest,
      period_step: step,
      smallest_ms: 0,
      rates: '44100 48000',
    },
    jack: { synchronous: always, asks_synchronous: false },
    priorities: { jackd: 70 },
    image: {
      name: 'stage',
      version: '0.1.0',
      base: 'a-base',
      kernel: 'a-kernel',
      own: false,
      found: [
        { id: 'one', compatible: 'maker,board-1' },
        { id: 'two', compatible: 'maker,board-2' },
      ],
    },
    soundcards: { own: 'usb' },
  } as unknown as View
  const texts = render({
    templates: [facts, ofImage, words, drawing, program].map((path) => ({
      path,
      text: templateAt(path),
      executable: false,
    })),
    view,
  })
  const moved = (text: string): string =>
    text.replaceAll(/(?<=[ "=])\/(?=(proc|sys|run|etc|var|usr\/share|usr\/lib)\/)/g, `${folder}/`)
  write(folder, Object.fromEntries(texts.map(({ path, text }) => [path, moved(text)])))
  chmodSync(join(folder, 'usr/lib/downbeat/histogram-svg'), 0o755)
  renameSync(join(folder, 'usr/bin/downbeat-latency'), join(folder, 'downbeat-latency'))
  return folder
}

const read = (folder: string, path: string): string =>
  existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : ''

/** Starts it; `ended` is what came of it, `kill` a signal for it alone. */
function start(machine: Machine): {
  folder: string
  said: () => string
  kill: (signal: NodeJS.Signals) => void
  ended: Promise<Answer>
} {
  const folder = prepared(machine)
  const child = spawn(found('sh'), [join(folder, 'downbeat-latency'), ...(machine.args ?? [])], {
    cwd: folder,
    env: { PATH: join(folder, 'bin') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Answer>((done, fail) =>
    child.once('error', fail).once('close', (status) =>
      done({
        folder,
        status,
        stdout,
        stderr,
        started: read(folder, 'started').split('\n').filter(Boolean),
        settings: read(folder, 'etc/default/jackd'),
      }),
    ),
  )
  return { folder, said: () => stdout, kill: (signal) => child.kill(signal), ended }
}

const latency = (args: string[], machine: Machine = {}): Promise<Answer> =>
  start({ ...machine, args: ['--no-load', '-s1', ...args] }).ended

/** The periods that were tried, and the verdicts on them. */
const rows = ({ stdout }: Answer): [number, string][] =>
  [...stdout.matchAll(/^ +(\d+) {2,}[\d.]+ ms .* % {2}(.*)$/gm)].map(([, period, verdict]) => [
    Number(period),
    verdict!,
  ])

/** That the server runs again as before, and that nothing is left. */
function expectAsBefore({ folder, settings, started }: Answer, files: string[] = []): void {
  expect(settings).toBe(defaultSettings)
  expect(started.at(-1)).toBe('-p128 -n3 -r48000 -P')
  expect(read(folder, 'running')).toBe('128\n')
  expectNothingLeft(folder, files)
}

function expectNothingLeft(folder: string, files: string[] = []): void {
  const left = ['run', 'var', 'etc'].flatMap((top) =>
    existsSync(join(folder, top))
      ? readdirSync(join(folder, top), { recursive: true, withFileTypes: true })
          .filter((one) => one.isFile())
          .map(({ name }) => name)
      : [],
  )
  expect(left.toSorted()).toEqual(['jackd', 'x', ...files].toSorted())
  expect(existsSync(join(folder, 'loaded'))).toBe(false)
  expect(existsSync(join(folder, 'run/downbeat-latency'))).toBe(false)
  expect(existsSync(join(folder, 'run/systemd/system/jackd@.service.d'))).toBe(false)
}

describe('the walk', () => {
  test('goes from 256 frames down to what the card can do, and proposes the smallest', async () => {
    const answer = await latency([])
    expect(answer).toMatchObject({ status: 0, stderr: '' })
    expect(rows(answer)).toEqual([256, 128, 64, 32, 16].map((period) => [period, 'clean']))
    expect(answer.stdout).toContain('proposal: 16 frames, 1.0 ms\n')
    expectAsBefore(answer)
  })

  test('keeps every other option of the server, and tries as the user whose server it is', async () => {
    const answer = await latency(['64'])
    expect(answer.started).toEqual(['-p64 -n3 -r48000 -P', '-p128 -n3 -r48000 -P'])
    expect(read(answer.folder, 'asked-by')).toBe('musician\n')
  })

  test('stops after the first period that is not clean, and proposes the one before it', async () => {
    const answer = await latency([], { answers: { 64: 'xruns=3 worst=2600' } })
    expect(rows(answer)).toEqual([
      [256, 'clean'],
      [128, 'clean'],
      [64, 'xruns'],
    ])
    expect(answer.stdout).toMatch(/^ +64 +4\.0 ms +3 +2\.6 ms +7\.5 % {2}xruns$/m)
    expect(answer.stdout).toContain('proposal: 128 frames, 8.0 ms, which is what')
    expect(answer.status).toBe(0)
    expectAsBefore(answer)
  })

  test.each([
    ['one xrun', 'xruns=1', 'xruns'],
    ['a load of half the time', 'load=50.0', 'too busy: 50 % or more'],
    ['cycles that are missing', 'cycles=600', 'only 600 of 750 cycles'],
    ['a server that dies', 'died=true status=4', 'died, or came to a halt'],
  ])('finds %s unclean', async (_, answers, verdict) => {
    expect(rows(await latency(['64'], { answers: { 64: answers } }))).toEqual([[64, verdict]])
  })

  test.each([
    ['a load just below it', 'load=49.9'],
    ['a cycle more or less', 'cycles=748'],
  ])('finds %s clean', async (_, answers) => {
    expect(rows(await latency(['64'], { answers: { 64: answers } }))).toEqual([[64, 'clean']])
  })

  test('goes from large to small in whatever order the periods are given, and tries each once', async () => {
    expect(rows(await latency(['64', '512', '128', '64'])).map(([period]) => period)).toEqual([
      512, 128, 64,
    ])
  })

  test('begins with what JACK runs with, where that is more than 256, and ends with what the card can do', async () => {
    const settings = 'JACKD_ALSA="-p1024 -n3 -r48000"\n'
    const answer = await latency([], {
      files: { 'etc/default/jackd': settings, running: '1024\n' },
      smallest: 256,
    })
    expect(rows(answer).map(([period]) => period)).toEqual([1024, 512, 256])
    expect(answer.settings).toBe(settings)
  })

  test('takes a period that the card refuses for too small, and says what jackd said', async () => {
    const journal =
      'Could not open component: cannot\nattempt to connect to server failed\nALSA: cannot set period size to 32 frames for playback\nFailed to open server\n'
    const answer = await latency([], { files: { refused: '32\n', journal } })
    expect(rows(answer).at(-1)).toEqual([
      32,
      'refused: ALSA: cannot set period size to 32 frames for playback',
    ])
    expect(answer.stdout).toContain('proposal: 64 frames, 4.0 ms\n')
    expectAsBefore(answer)
  })

  test('says what else to try when none is clean', async () => {
    const answer = await latency(['128', '64'], { answers: { 128: 'xruns=9' } })
    expect(answer.status).toBe(1)
    expect(rows(answer)).toHaveLength(1)
    expect(answer.stdout).toContain(
      'none is clean; larger ones may be: sudo downbeat-latency 1024 512 256\n',
    )
    expect((await latency(['8192'], { answers: { 8192: 'xruns=9' } })).stdout).toContain(
      'none is clean: sudo downbeat-doctor',
    )
    expectAsBefore(answer)
  })

  test('counts with other periods per buffer when asked to', async () => {
    const answer = await latency(['-n', '2', '64'])
    expect(answer.started[0]).toBe('-p64 -n2 -r48000 -P')
    expect(answer.stdout).toContain('proposal: 64 frames, 2.7 ms\n')
    expect(answer.stdout).toContain('JACKD_ALSA="-p64 -n2 -r48000 -P"')
    expectAsBefore(answer)
  })

  test.each([
    ['-p 128 -n 3 -r 48000 -P -s', '-p64 -n 3 -r 48000 -P'],
    ['-s -p128', '-p64'],
    ['--softmode --period=128 --rate 44100', '-p64 --rate 44100'],
    ['-s 1 --period 128 -C hw:1 -i2', '-p64 -C hw:1 -i2'],
    ['-n2', '-p64 -n2'],
    ['-d * -p128', '-p64 -d *'],
  ])('finds the period in JACKD_ALSA="%s", and never measures with -s', async (options, tried) => {
    const answer = await latency(['64'], {
      files: { 'etc/default/jackd': `JACKD_ALSA="${options}"\n` },
    })
    expect(answer.started[0]).toBe(tried)
  })

  test('says that -s hides xruns, where the settings have it', async () => {
    const answer = await latency(['64'], {
      files: { 'etc/default/jackd': 'JACKD_ALSA="-p128 -n3 -r48000 -s"\n' },
    })
    expect(answer.stdout).toContain('hides xruns')
    expect(answer.stdout).toContain('JACKD_ALSA="-p64 -n3 -r48000 -s"')
  })

  test('says it when the server runs at another rate, and counts with that', async () => {
    const answer = await latency(['64'], {
      files: { 'etc/default/jackd': 'JACKD_ALSA="-p128 -n2 -r44100"\n' },
      answers: { 64: 'rate=96000 cycles=1500' },
    })
    expect(answer.stdout).toContain('note: JACK runs at 96000 Hz, not at 44100 Hz as')
    expect(answer.stdout).toContain('proposal: 64 frames, 1.3 ms')
  })

  test('knows rates of six digits', async () => {
    const answer = await latency(['64'], {
      files: { 'etc/default/jackd': 'JACKD_ALSA="-p128 -n2 -r192000"\n' },
      answers: { 64: 'rate=192000 cycles=3000' },
    })
    expect(answer.stdout).toContain('proposal: 64 frames, 0.7 ms')
  })

  test('says it when the card has taken another buffer', async () => {
    const hw_params = 'access: MMAP_INTERLEAVED\nperiod_size: 64\nbuffer_size: 256\n'
    const answer = await latency(['64'], {
      files: { 'proc/asound/Audio/pcm0p/sub0/hw_params': hw_params },
    })
    expect(answer.stdout).toContain(
      'note: for 64 frames the card took a buffer of 256, not of 3 x 64: 5.3 ms',
    )
  })

  test('is a document with --json', async () => {
    const answer = await latency(['--json', '128', '64'], { answers: { 64: 'xruns=2 worst=1200' } })
    expect(JSON.parse(answer.stdout)).toEqual({
      card: 'Audio',
      rate: 48000,
      periods: 3,
      seconds: 1,
      load: false,
      measured: [
        {
          period: 128,
          latency_ms: 8,
          verdict: 'clean',
          measured: {
            seconds: 1,
            rate: 48000,
            period: 128,
            cycles: 375,
            xruns: 0,
            worst_usecs: 0,
            max_load: 7.5,
            died: false,
          },
        },
        {
          period: 64,
          latency_ms: 4,
          verdict: 'xruns',
          measured: {
            seconds: 1,
            rate: 48000,
            period: 64,
            cycles: 750,
            xruns: 2,
            worst_usecs: 1200,
            max_load: 7.5,
            died: false,
          },
        },
      ],
      proposal: 128,
      written: false,
    })
    const refused = await latency(['--json', '64'], {
      files: { refused: '64\n', journal: 'cannot "do" \x1bit\\\n' },
    })
    expect(JSON.parse(refused.stdout)).toMatchObject({
      measured: [{ period: 64, verdict: "refused: cannot 'do' it'" }],
    })
    expect(refused.stdout).not.toMatch(/"(proposal|xruns)"/)
  })
})

test('a period need not be a power of two', async () => {
  expect(rows(await latency(['96', '48']))).toEqual([
    [96, 'clean'],
    [48, 'clean'],
  ])
})

test('what is heard is late by all periods, or by one less where the server waits for the programs', async () => {
  const told = async (machine: Machine): Promise<string | undefined> =>
    / 64 +([\d.]+) ms/.exec((await latency(['64'], machine)).stdout)?.[1]
  const asked = (server: string): Machine => ({
    files: { 'etc/default/jackd': defaultSettings.replace('-R -P70', `-R -P70 ${server}`) },
  })
  expect(await told({})).toBe('4.0')
  expect(await told({ always: true })).toBe('2.7')
  expect(await told(asked('-S'))).toBe('2.7')
  expect(await told(asked('--sync'))).toBe('2.7')
  expect(await told(asked('-s'))).toBe('4.0')
})

describe('refused, with what to type, is', () => {
  test('a period that the driver of the card does not take', async () => {
    expect((await latency(['1001'], { step: 4 })).stderr).toContain(
      '1001: the driver of the card (usb) wants a multiple of 4; try: downbeat-latency 1004 1000',
    )
  })

  test.each([
    [['abc'], 'abc: expected a period in frames, such as: downbeat-latency 256 128 64'],
    [['064'], '064: expected a period in frames'],
    [['64.5'], '64.5: expected a period in frames'],
    [['8'], '8: the card (usb) can do 16 frames at the least; try: downbeat-latency 16'],
    [['16384'], '16384: JACK takes 8192 frames at the most; try: downbeat-latency 8192'],
    [['-s', '0'], '-s 0: expected seconds from 1 to 3600, such as -s 60'],
    [['-s5x'], '-s 5x: expected seconds'],
    [['-n', '1'], '-n 1: expected periods per buffer from 2 to 8, such as -n 3'],
    [['-n'], '-n wants a value'],
    [['--wirte'], 'there is no --wirte; downbeat-latency --help shows the options there are'],
  ])('%j', async (args, message) => {
    const answer = await start({ args }).ended
    expect(answer).toMatchObject({ status: 2, stdout: '', started: [] })
    expect(answer.stderr).toMatch(/^downbeat-latency: [^\n]*\n$/)
    expect(answer.stderr).toContain(message)
  })

  test('whoever is not root', async () => {
    const answer = await start({ args: ['-s', '5', '64'], programs: { id: 'echo 1000' } }).ended
    expect(answer).toMatchObject({
      status: 2,
      stderr:
        'downbeat-latency: only root can start JACK anew; type: sudo downbeat-latency -s 5 64\n',
    })
  })

  test.each([
    ['a card that is not there', {}, 'plug it in'],
    [
      'a server that does not start',
      { units: 'jackd@Audio.service loaded activating auto-restart JACK\n' },
      'jackd@Audio.service is activating (auto-restart)',
    ],
    ['a server for MIDI only', { midi: '' }, 'JACK runs for MIDI only'],
  ])('%s', async (_, files, message) => {
    const answer = await start({
      args: ['64'],
      programs: { systemctl: `rm -f running\n${programs['systemctl']!}` },
      files,
    }).ended
    expect(answer).toMatchObject({ status: 3, stdout: '', started: [] })
    expect(answer.stderr).toContain(message)
    expectNothingLeft(answer.folder)
  })

  test.each([
    ['JACKD_SERVER="-R"\n', 'has no line JACKD_ALSA='],
    ['JACKD_ALSA="-p128" # "mine"\n', 'is quoted in a way that is not understood'],
    ['JACKD_ALSA="-pfast"\n', '-p, -n and -r are not understood'],
  ])('settings such as %j', async (settings, message) => {
    const answer = await latency(['64'], { files: { 'etc/default/jackd': settings } })
    expect(answer).toMatchObject({ status: 2, started: [], settings })
    expect(answer.stderr).toContain(message)
    expectNothingLeft(answer.folder)
  })

  test('a second one at the same time', async () => {
    const first = start({
      args: ['--no-load', '64'],
      answers: { 64: `touch measuring; exec sleep ${ownSleep()}` },
    })
    await until(() => existsSync(join(first.folder, 'measuring')))
    const script = join(first.folder, 'downbeat-latency')
    const second = spawn(found('sh'), [script, '64'], {
      env: { PATH: join(first.folder, 'bin') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    second.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    expect(await new Promise((done) => second.once('close', done))).toBe(2)
    expect(said).toContain('it runs already')
    first.kill('SIGTERM')
    expectAsBefore(await first.ended)
  })
})

describe('afterwards JACK runs as before', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('after %s in the middle of a measurement', async (signal, status) => {
    const sleep = ownSleep()
    const run = start({
      args: ['-s', '60'],
      answers: { 128: `touch measuring; exec sleep ${sleep}` },
    })
    await until(() => existsSync(join(run.folder, 'measuring')))
    const ballast = join(run.folder, 'var/lib/downbeat/latency.tmp')
    await until(() => existsSync(ballast))
    expect(isRunning(ballast)).toBe(true)
    run.kill(signal)
    const answer = await run.ended
    expect(answer.status).toBe(status)
    expect(answer.started.slice(0, 2)).toEqual(['-p256 -n3 -r48000 -P', '-p128 -n3 -r48000 -P'])
    expect(answer.started).toHaveLength(3)
    expect(answer.stdout).toContain('starting JACK again as it was')
    await until(() => !isRunning(sleep)) // what was killed may take a moment to be gone
    await until(() => !isRunning(ballast))
    expectAsBefore(answer)
  })

  test('after a second Ctrl-C, too', async () => {
    const restoring =
      '[ ! -e measuring ] || { touch restoring; until [ -e twice ]; do sleep 0.05; done; }'
    const systemctl = programs['systemctl']!.replace('rm -f running', `${restoring}; rm -f running`)
    const run = start({
      args: ['--no-load', '64'],
      programs: { systemctl },
      answers: { 64: `touch measuring; exec sleep ${ownSleep()}` },
    })
    await until(() => existsSync(join(run.folder, 'measuring')))
    run.kill('SIGINT')
    await until(() => existsSync(join(run.folder, 'restoring')))
    run.kill('SIGINT')
    write(run.folder, { twice: '' })
    const answer = await run.ended
    expect(answer.status).toBe(130)
    expectAsBefore(answer)
  })

  test('when whoever reads it goes away', async () => {
    const folder = prepared({ answers: { 256: 'until [ -e gone ]; do sleep 0.05; done' } })
    const line = `sh ${folder}/downbeat-latency --no-load -s1 | { head -n 1; exec <&-; touch gone; }`
    const child = spawn(
      found('sh'),
      [
        '-c',
        `${line}; until grep -qx 128 running && [ ! -e run/downbeat-latency ]; do sleep 0.05; done`,
      ],
      {
        cwd: folder,
        env: { PATH: join(folder, 'bin') },
        stdio: 'ignore',
      },
    )
    await new Promise((done) => child.once('close', done))
    expectNothingLeft(folder)
  })

  test('when the client does not answer', async () => {
    const timeout = `[ "$3" != 61 ] || set -- -k 5 0.2 "$4" "$5" "$6" "$7" "$8" "$9"; exec ${found('timeout')} "$@"`
    const answer = await latency(['64'], {
      programs: { timeout },
      answers: { 64: `exec sleep ${ownSleep()}` },
    })
    expect(rows(answer)).toEqual([[64, 'died: JACK did not answer']])
    expectAsBefore(answer)
  })

  test('when the card is unplugged: once it is back', async () => {
    const answer = await latency(['64'], {
      answers: { 64: 'rm -r proc/asound/Audio; died=true status=4' },
    })
    expect(answer.status).toBe(3)
    expect(answer.stderr).toContain(
      'the sound card (Audio) is gone: plug it in again and JACK starts by itself',
    )
    expect(answer.started).toEqual(['-p64 -n3 -r48000 -P'])
    expectNothingLeft(answer.folder)
  })

  test('or it says that it does not, and what to do', async () => {
    const answer = await latency(['64'], { files: { refused: '128\n' } })
    expect(answer.status).toBe(4)
    expect(answer.stderr).toContain('does not run with the 128 frames of')
    expect(answer.stderr).toContain('sudo systemctl restart jackd@Audio.service')
    expectNothingLeft(answer.folder)
  })

  test('when another file has the last word on the options, which it says', async () => {
    const answer = await latency(['64'], { answers: { 64: 'period=256' } })
    expect(answer.status).toBe(4)
    expect(answer.stderr).toContain(
      'JACK ran with 256 frames, not with 64: another file sets JACKD_ALSA',
    )
    expectAsBefore(answer)
  })

  test('when the one before it was killed and could not tidy up', async () => {
    const sleep = ownSleep()
    const killed = start({
      args: ['--no-load', '64'],
      answers: { 64: `touch measuring; exec sleep ${sleep}` },
    })
    await until(() => existsSync(join(killed.folder, 'measuring')))
    killed.kill('SIGKILL')
    await killed.ended
    expect(read(killed.folder, 'running')).toBe('64\n')
    write(killed.folder, { 'answers/64': '' })
    const again = spawn(
      found('sh'),
      [join(killed.folder, 'downbeat-latency'), '--no-load', '-s1', '64'],
      {
        env: { PATH: join(killed.folder, 'bin') },
        stdio: 'ignore',
      },
    )
    expect(await new Promise((done) => again.once('close', done))).toBe(0)
    expect(read(killed.folder, 'running')).toBe('128\n')
    expectNothingLeft(killed.folder)
  })
})

describe('the load', () => {
  // It runs as long as this file is there, and the file is there before anything is measured.
  const during = '[ -e run/downbeat-latency/load ] && echo load >during'

  test('is on the machine while it measures, and gone afterwards', async () => {
    const written = 'until [ -e var/lib/downbeat/latency.tmp ]; do sleep 0.05; done'
    const answer = await start({ args: ['-s1', '64'], answers: { 64: `${during}; ${written}` } })
      .ended
    expect(read(answer.folder, 'during')).toBe('load\n')
    await until(() => !isRunning(join(answer.folder, 'var/lib/downbeat/latency.tmp')))
    expectAsBefore(answer)
  })

  test('is not there with --no-load', async () => {
    const answer = await latency(['64'], { answers: { 64: during } })
    expect(read(answer.folder, 'during')).toBe('')
    expect(existsSync(join(answer.folder, 'var/lib/downbeat'))).toBe(false)
  })
})

describe('--write', () => {
  test('puts the proposal into the settings, leaves everything else, and starts JACK with it', async () => {
    const answer = await latency(['--write', '64', '32'], { answers: { 32: 'xruns=1' } })
    expect(answer).toMatchObject({ status: 0, stderr: '' })
    expect(answer.settings).toBe(defaultSettings.replace('-p128', '-p64'))
    expect(answer.started).toEqual([
      '-p64 -n3 -r48000 -P',
      '-p32 -n3 -r48000 -P',
      '-p64 -n3 -r48000 -P',
    ])
    expect(answer.stdout).toContain('written: JACKD_ALSA="-p64 -n3 -r48000 -P"')
    expect(answer.stdout).toContain('JACK runs with 64 frames from now on\n')
    expectNothingLeft(answer.folder)
  })

  test('writes what the tool says without it', async () => {
    const { folder, stdout } = await latency(['64'])
    const command =
      /^to keep it: sudo (sed .*) && sudo systemctl restart jackd@Audio.service$/m.exec(stdout)![1]!
    await new Promise((done) => spawn(found('sh'), ['-c', command]).once('close', done))
    expect(read(folder, 'etc/default/jackd')).toBe(defaultSettings.replace('-p128', '-p64'))
  })

  test.each([
    ["JACKD_ALSA='-n2 -p128'\n", 'JACKD_ALSA="-p64 -n2"\n'],
    ['JACKD_ALSA=-p128 -s\n', 'JACKD_ALSA="-p64 -s"\n'],
    [
      'JACKD_ALSA="-p256"\n#\n JACKD_ALSA="-p128" \n# end',
      'JACKD_ALSA="-p256"\n#\nJACKD_ALSA="-p64"\n# end\n',
    ],
  ])('edits %j', async (before, after) => {
    expect(
      (await latency(['--write', '64'], { files: { 'etc/default/jackd': before } })).settings,
    ).toBe(after)
  })

  test('writes nothing when none is clean', async () => {
    const answer = await latency(['--write', '64'], { answers: { 64: 'xruns=1' } })
    expect(answer.status).toBe(1)
    expectAsBefore(answer)
  })

  test('leaves the settings whole when they cannot be written', async () => {
    const answer = await latency(['--write', '64'], { programs: { sync: 'exit 1' } })
    expect(answer.status).toBe(4)
    expect(answer.stderr).toContain('cannot be written; it is as it was')
    expectAsBefore(answer)
  })

  test('writes the periods per buffer that were asked for', async () => {
    expect((await latency(['--write', '-n2', '64'])).settings).toBe(
      defaultSettings.replace('-p128 -n3', '-p64 -n2'),
    )
  })
})

describe('--report', () => {
  const machine = {
    'proc/device-tree/compatible': 'maker,board-2\0maker,chip\0',
    'proc/device-tree/serial-number': '10000000SECRET\0',
    'proc/4711/status': 'Name:\tjackd\nCpus_allowed_list:\t3\n',
    'proc/asound/Audio/usbid': 'fff0:0008\n',
    'etc/hostname': 'SECRET\n',
    'sys/class/thermal/thermal_zone0/temp': '52100\n',
    'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'performance\n',
    'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
    'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
  }
  const vcgencmd = { vcgencmd: 'echo throttled=0x50000' }
  const report = (args: string[] = [], more: Machine = {}): Promise<Answer> =>
    start({
      ...more,
      args: ['--report', 'report.json', '--no-load', ...args],
      files: { ...machine, ...more.files },
      programs: { ...vcgencmd, ...more.programs },
    }).ended
  const untouched = (answer: Answer): void => {
    expect(answer.settings).toBe(defaultSettings)
    expect(answer.started).toEqual([])
    expect(read(answer.folder, 'running')).toBe('128\n')
    expectNothingLeft(answer.folder, ['hostname'])
  }
  const written = ({ folder }: Answer): string[] =>
    readdirSync(folder).filter((name) => name.startsWith('report.json'))

  test('writes what it has measured, in fields that are known, and leaves the server alone', async () => {
    const answer = await report(['-s1'])
    expect(answer).toMatchObject({ status: 0, stderr: '' })
    const text = read(answer.folder, 'report.json')
    expect(JSON.parse(text)).toEqual({
      report: 'downbeat-latency',
      format: 1,
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string,
      image: 'stage',
      version: '0.1.0',
      base: 'a-base',
      kernel: 'a-kernel',
      release: '6.12.107-rt15',
      own: false,
      boards: ['two'],
      soundcard: 'usb',
      usb: 'fff0:0008',
      jack: {
        period: 128,
        periods: 3,
        rate: 48000,
        softmode: false,
        seconds: 1,
        cycles: 375,
        xruns: 0,
        worst_us: 0,
        max_load: 7.5,
      },
      seconds: 1,
      interval_us: 1000,
      priority: 71,
      core: 3,
      load: false,
      governor: 'performance',
      throttled: '50000',
      undervoltage: false,
      celsius: 52,
      loops: 1000,
      worst_us: 17,
      mean_us: 6,
      lost: 0,
      histogram: { 5: 990, 9: 9, 17: 1 },
    })
    expect(text).not.toContain('SECRET')
    expect(read(answer.folder, 'asked-of-cyclictest')).toBe(
      '-q -m -t 1 -p 71 -a 3 -i 1000 -l 1000 -h 2000\n',
    )
    expect(read(answer.folder, 'on-core')).toBe('3\n')
    expect(read(answer.folder, 'report.json.svg')).toMatch(/^<svg [^]*>990<[^]*<\/svg>\n$/)
    expect(written(answer)).toHaveLength(2)
    untouched(answer)
  })

  test('is for reading by those who help: nothing but what is asked for of a poor machine', async () => {
    const answer = await report(['-s1'], {
      files: {
        'proc/4711/status': 'Cpus_allowed_list:\t0-3\n',
        'sys/class/hwmon/hwmon1/name': 'other\n',
        'sys/class/thermal/thermal_zone0/temp': 'hot\n',
        'proc/asound/Audio/usbid': 'no"number\n',
        'var/lib/downbeat/soundcard': 'a"card\n',
      },
      programs: { vcgencmd: 'exit 1', uname: String.raw`printf '6.12"\n\\'` },
    })
    const said = JSON.parse(read(answer.folder, 'report.json')) as object
    expect(said).toMatchObject({ release: '6.12', soundcard: 'acard' })
    for (const key of ['core', 'usb', 'throttled', 'undervoltage', 'celsius'])
      expect(said).not.toHaveProperty(key)
    expect(read(answer.folder, 'asked-of-cyclictest')).toBe(
      '-q -m -t 1 -p 71 -i 1000 -l 1000 -h 2000\n',
    )
  })

  test.each([
    [[], '-i 1000 -l 600000 ', 600],
    [['--night'], '-i 1000 -l 3600000 ', 3600],
    [['--osadl'], '-i 200 -l 100000000 ', 20000],
  ])('measures as long as asked: %j', async (args, asked, seconds) => {
    const answer = await report(args)
    expect(read(answer.folder, 'asked-of-cyclictest')).toContain(asked)
    expect(JSON.parse(read(answer.folder, 'report.json'))).toMatchObject({ seconds })
  })

  test('counts those that were too late for the histogram, which cyclictest leaves out of its total', async () => {
    const said =
      '000005 000806\\n# Total: 000000806\\n# Avg Latencies: 01264\\n# Max Latencies: 30337\\n# Histogram Overflows: 00194\\n'
    const answer = await report(['-s1'], {
      files: { 'cyclictest.sh': `printf '${said}'; exit` },
    })
    expect(JSON.parse(read(answer.folder, 'report.json'))).toMatchObject({
      loops: 1000,
      lost: 194,
      worst_us: 30_337,
      histogram: { 5: 806 },
    })
    expect(read(answer.folder, 'report.json.svg')).toContain('>194<')
  })

  test.each([['SIGINT', 130] as const, ['SIGTERM', 143] as const])(
    'writes nothing after %s, and the server plays on',
    async (signal, status) => {
      const [sleep, other] = [ownSleep(), ownSleep()]
      const run = start({
        args: ['--report', 'report.json'],
        files: {
          ...machine,
          'cyclictest.sh': `touch measuring; exec sleep ${sleep}`,
          'answers/now': `exec sleep ${other}`,
        },
      })
      await until(() => existsSync(join(run.folder, 'measuring')))
      await until(() => isRunning(other))
      run.kill(signal)
      const answer = await run.ended
      expect(answer.status).toBe(status)
      await until(() => !isRunning(sleep) && !isRunning(other))
      expect(written(answer)).toEqual([])
      untouched(answer)
    },
  )

  test.each([
    ['the server dies', { 'answers/now': 'status=4' }, 4, 'JACK did not run to the end'],
    [
      'the card is unplugged',
      { 'answers/now': 'rm -r proc/asound/Audio; status=4' },
      3,
      'the sound card (Audio) is gone, and so nothing is written',
    ],
    ['cyclictest fails', { 'cyclictest.sh': 'echo no memory; exit 1' }, 4, 'no memory'],
    ['it says nothing', { 'cyclictest.sh': 'exit 0' }, 4, 'cyclictest measured nothing'],
  ])('writes nothing when %s', async (_, files, status, message) => {
    const answer = await report(['-s1'], { files })
    expect(answer).toMatchObject({ status, stderr: expect.stringContaining(message) as string })
    expect(written(answer)).toEqual([])
    untouched(answer)
  })

  test('takes the place of a file, and never goes through a link', async () => {
    const folder = prepared({ files: { ...machine, kept: 'mine\n' } })
    symlinkSync(join(folder, 'kept'), join(folder, 'report.json'))
    const child = spawn(
      found('sh'),
      [join(folder, 'downbeat-latency'), '--report', 'report.json', '--no-load', '-s1'],
      { cwd: folder, env: { PATH: join(folder, 'bin') }, stdio: 'ignore' },
    )
    expect(await new Promise((done) => child.once('close', done))).toBe(0)
    expect(read(folder, 'kept')).toBe('mine\n')
    expect(read(folder, 'report.json')).toContain('"loops":1000')
  })

  test.each([
    [['--report'], '--report: say the file to write, such as --report report.json'],
    [['--report', '--night'], '--report: --night looks like an option'],
    [['--report', 'etc'], 'etc is a folder: say the file to write, such as etc/report.json'],
    [['--report', 'none/report.json'], 'there is no folder none'],
    [['--report=r.json', '64'], 'so a PERIOD does not go with it'],
    [['--report=r.json', '--write'], 'so --write does not go with it'],
    [['--night'], 'goes with --report; type: sudo downbeat-latency --report report.json --night'],
    [['--report=r.json', '--night', '--osadl'], 'one of -s SECONDS, --night and --osadl is enough'],
    [['--report=r.json', '--night', '-s5'], 'one of -s SECONDS, --night and --osadl is enough'],
  ])('refuses %j', async (args, message) => {
    const answer = await start({ args }).ended
    expect(answer).toMatchObject({ status: 2, stdout: '' })
    expect(answer.stderr).toContain(message)
  })
})

test('--help says what clean means and what the exit status is, to anybody', async () => {
  const answer = await start({ args: ['--help'], programs: { id: 'echo 1000' } }).ended
  expect(answer).toMatchObject({ status: 0, stderr: '' })
  for (const word of [
    'Clean means',
    '50 %',
    'Exit status',
    '--no-load',
    '--write',
    '--json',
    '-s SECONDS',
    '-n PERIODS',
  ])
    expect(answer.stdout).toContain(word)
})
