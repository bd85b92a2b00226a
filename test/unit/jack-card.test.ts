import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesOf, planOf, repository, temporaryFolder, write } from './fixtures.ts'

// jack-card and jack-state are run as they will be in the image. Their /sys, /proc and /run are a
// folder, and systemd and udev are scripts that read and write files in it.

interface Card {
  id: string
  /** channels of its altsettings */
  playback?: number[]
  capture?: number[]
  /** microseconds from the boot */
  since: number
  /** how 85-jackd.rules has marked it: the directions that count */
  ways?: string
  /** whether it may be bridged beside the one that JACK plays through */
  second?: boolean
}

interface Machine {
  cards?: Card[]
  /** `jackd@ID.service` and its state */
  units?: Record<string, string>
  system?: string
  /** what a run before has left */
  had?: string
  bridged?: string
  journal?: string
  files?: Record<string, string>
}

const altsets = (channels: number[]): string =>
  channels.map((n, i) => `  Interface 1\n    Altset ${i + 1}\n    Channels: ${n}\n`).join('')
const stream = ({ playback = [], capture = [] }: Card): string =>
  `A card at usb-1 : USB Audio\n\nPlayback:\n  Status: Stop\n${altsets(playback)}\nCapture:\n${altsets(capture)}`

const programs: Record<string, string> = {
  udevadm: `
for word; do case $word in --property=*) key=\${word#*=} ;; *) card=$word ;; esac; done
sed -n "s/^$key=//p" "$card/udev"`,
  systemctl: `
echo "$*" >>calls
case "$*" in
  is-system-running) cat system; [ "$(cat system)" = running ] ;;
  list-units*)
    for word; do case $word in --state=*) states=,\${word#*=}, ;; esac; done
    while read -r unit state; do case $states in *",$state,"*) echo "$unit loaded $state x JACK" ;; esac; done <units ;;
  'show -p ExecMainStatus '*) echo 255 ;;
esac`,
  journalctl: 'cat journal',
}

function run(program: string, machine: Machine, ...args: string[]) {
  const { cards = [], units = {}, system = 'running', had, bridged, journal = '' } = machine
  const { files = {} } = machine
  const folder = temporaryFolder()
  for (const [i, card] of cards.entries())
    write(folder, {
      [`sys/class/sound/card${i}/id`]: `${card.id}\n`,
      [`sys/class/sound/card${i}/udev`]: `USEC_INITIALIZED=${card.since}\n${card.ways === '' ? '' : `DOWNBEAT_JACK=${card.ways ?? 'Playback Capture'}\n`}${card.second === true ? 'DOWNBEAT_SECOND=Playback Capture\n' : ''}`,
      [`proc/asound/card${i}/stream0`]: stream(card),
      [`proc/asound/${card.id}/id`]: card.id,
    })
  write(folder, {
    units: Object.entries(units)
      .map((words) => `${words.join(' ')}\n`)
      .join(''),
    system: `${system}\n`,
    journal,
    calls: '',
    'usr/share/downbeat/soundcard': 'an interface\n',
    'run/x': '',
    ...files,
    ...(had === undefined ? {} : { 'run/downbeat-jack-card': `${had}\n` }),
    ...(bridged === undefined ? {} : { 'run/downbeat-second-card': `${bridged}\n` }),
  })
  for (const [name, text] of Object.entries(programs)) {
    write(folder, { [`bin/${name}`]: `#!/bin/sh\n${text}\n` })
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  const text = readFileSync(join(repository, 'templates/root/usr/lib/downbeat', program), 'utf8')
  write(folder, {
    [program]: text.replaceAll(/(?<=[ "=(])\/(?=(proc|sys|run|usr\/share)\/)/g, `${folder}/`),
  })
  const { status, stdout, stderr } = spawnSync('sh', [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
  })
  const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n')
  const left = (name: string): string | undefined => {
    const state = join(folder, 'run', name)
    return existsSync(state) ? readFileSync(state, 'utf8').trim() : undefined
  }
  return {
    calls: calls.filter((call) => call !== ''),
    status,
    said: stdout
      .replaceAll(folder, '')
      .split('\n')
      .filter((line) => line !== ''),
    stderr: stderr.replaceAll(folder, ''),
    started: calls.flatMap((call) => /start jackd@(\w+)\.service/.exec(call)?.[1] ?? []),
    stopped: calls.flatMap((call) => /^stop jackd@(\w+)\.service/.exec(call)?.[1] ?? []),
    reset: calls.flatMap((call) => /^reset-failed jackd@(\w+)\.service/.exec(call)?.[1] ?? []),
    had: left('downbeat-jack-card'),
    bridged: left('downbeat-second-card'),
    /** what was done to both directions of a second card */
    bridges: calls.flatMap(
      (call) =>
        /^(?:--no-block )?(start|stop) second-card@zita-a2j\.service second-card@zita-j2a\.service$/.exec(
          call,
        )?.[1] ?? [],
    ),
  }
}
const choose = (machine: Machine, ...args: string[]) => run('jack-card', machine, ...args)

const synth: Card = { id: 'Synth', playback: [2], capture: [], since: 10 }
const desk: Card = { id: 'Desk', playback: [2, 8], capture: [8], since: 20 }
const twin: Card = { id: 'Twin', playback: [2], capture: [0], since: 5 }

describe('during the boot', () => {
  test.each([
    ['the only card', [synth], 'Synth', 'it is the only one'],
    ['the one with the most channels', [synth, desk], 'Desk', 'it has the most channels'],
    ['the same in the other order', [desk, synth], 'Desk', 'it has the most channels'],
    [
      'of equals the first',
      [synth, twin],
      'Twin',
      'of those with the most channels it was there first',
    ],
  ])('JACK gets %s', (_, cards, id, why) => {
    const { started, reset, said, had } = choose({ cards, system: 'starting' })
    expect([started, reset, had]).toEqual([[id], [id], id])
    expect(said[0]).toMatch(new RegExp(`^<5>JACK plays through ${id}: ${why} \\(channels: .*\\)$`))
  })

  test('a better card that comes later takes the server over', () => {
    const seen = choose({
      cards: [synth, desk],
      system: 'starting',
      had: 'Synth',
      units: { 'jackd@Synth.service': 'active' },
    })
    expect(seen).toMatchObject({ started: ['Desk'], stopped: ['Synth'], had: 'Desk' })
  })

  test.each([
    ['Playback Capture', 'Desk: it has the most channels (channels: Desk 16, Mic 11, Synth 2)'],
    ['Playback', 'Desk: it has the most channels (channels: Desk 8, Synth 2, Mic 1)'],
    ['Capture', 'Mic: it has the most channels (channels: Mic 10, Desk 8, Synth 0)'],
  ])('where JACK does %s, the channels of that count', (ways, told) => {
    const mic: Card = { id: 'Mic', playback: [1], capture: [10, 4], since: 30 }
    const cards = [
      { ...synth, ways },
      { ...mic, ways },
      { ...desk, ways },
    ]
    expect(choose({ cards, system: 'starting' }).said[0]).toContain(told)
  })

  test('a card that JACK cannot play through does not count', () => {
    const { started } = choose({ cards: [synth, { ...desk, ways: '' }], system: 'initializing' })
    expect(started).toEqual(['Synth'])
  })
})

describe('after the boot', () => {
  test('a running server stays where it is, whatever is plugged in', () => {
    for (const state of ['active', 'activating'])
      for (const had of ['Synth', undefined])
        expect(
          choose({
            cards: [synth, desk],
            ...(had === undefined ? {} : { had }),
            units: { 'jackd@Synth.service': state },
          }),
        ).toMatchObject({ started: ['Synth'], stopped: [], had: 'Synth' })
  })

  test('a card that comes back has its server again', () => {
    const seen = choose({
      cards: [synth, desk],
      had: 'Desk',
      units: { 'jackd@Synth.service': 'active' },
    })
    expect(seen).toMatchObject({ started: ['Desk'], stopped: ['Synth'], had: 'Desk' })
    expect(seen.said[0]).toContain('it is the one that JACK has had')
  })

  test('while it is away another one has it, which is not remembered', () => {
    const seen = choose({ cards: [synth], had: 'Desk', units: { 'jackd@Desk.service': 'active' } })
    expect(seen).toMatchObject({ started: ['Synth'], stopped: ['Desk'], had: 'Desk' })
    const twoLeft = choose({
      cards: [synth, desk],
      had: 'Away',
      units: { 'jackd@Synth.service': 'active' },
    })
    expect(twoLeft).toMatchObject({ started: ['Synth'], stopped: [], had: 'Away' })
  })

  test('the first card of all is remembered', () => {
    expect(choose({ cards: [synth] })).toMatchObject({ started: ['Synth'], had: 'Synth' })
  })

  test('without a card the server ends, and the journal says what JACK waits for', () => {
    const seen = choose({ had: 'Desk', units: { 'jackd@Desk.service': 'deactivating' } })
    expect(seen).toMatchObject({ started: [], stopped: ['Desk'], had: 'Desk', status: 0 })
    expect(seen.said).toEqual(['<4>JACK waits for a sound card'])
  })

  test('a person may ask for a card', () => {
    const seen = choose(
      { cards: [synth, desk], had: 'Desk', units: { 'jackd@Desk.service': 'active' } },
      'Synth',
    )
    expect(seen).toMatchObject({ had: 'Synth', status: 0 })
    expect(seen.calls).toEqual(['restart jackd-card.service'])
    const then = choose({ cards: [synth, desk], had: 'Synth' })
    expect(then).toMatchObject({ started: ['Synth'], had: 'Synth' })
    expect(then.said[1]).toBe(
      'To have it play through another one: sudo /usr/lib/downbeat/jack-card ID',
    )
  })

  test.each(['Nobody', '.*', 'Desk ', 'Syn', '-x'])(
    'a card that is not there is refused: %j',
    (id) => {
      const seen = choose({ cards: [synth, desk], had: 'Desk' }, id)
      expect(seen).toMatchObject({ status: 2, started: [], stopped: [], had: 'Desk' })
      expect(seen.stderr).toContain('cat /proc/asound/cards shows those that are there')
    },
  )
})

describe('a second card', () => {
  const second = true
  const a: Card = { ...synth, second }
  const b: Card = { ...desk, second }
  const c: Card = { id: 'Mic', playback: [], capture: [1], since: 30, ways: '', second }

  test('is bridged where the image wants one: of the others the one with the most channels', () => {
    const seen = choose({ cards: [a, b, c] })
    expect(seen).toMatchObject({ started: ['Desk'], bridged: 'Synth', bridges: ['stop', 'start'] })
    expect(seen.said).toContain(
      '<5>A second sound card, Synth, is bridged to JACK: its ports are second-in and second-out',
    )
    // one that only records, and that JACK could not play through
    expect(choose({ cards: [b, c] })).toMatchObject({ started: ['Desk'], bridged: 'Mic' })
  })

  test('is not, where the image wants none, or there is but one, or what there is has no sound', () => {
    const keyboard: Card = { id: 'Keys', since: 1, ways: '', second }
    for (const cards of [[synth, desk], [b], [b, keyboard]])
      expect(choose({ cards })).toMatchObject({ started: ['Desk'], bridges: [] })
  })

  test('stays the same one while it is there, whatever else comes', () => {
    const seen = choose({ cards: [a, b, c], had: 'Desk', bridged: 'Mic' })
    expect(seen).toMatchObject({ started: ['Desk'], bridged: 'Mic', bridges: ['start'] })
  })

  test('is let go before JACK takes it, and when it is gone', () => {
    const taken = choose({ cards: [a], had: 'Desk', bridged: 'Synth' })
    expect(taken).toMatchObject({ started: ['Synth'], bridges: ['stop'] })
    expect(taken.bridged).toBeUndefined()
    const order = taken.calls.map((call) => call.replace(/ .*(second-card|jackd).*/, ' $1'))
    expect(order.indexOf('stop second-card')).toBeLessThan(order.indexOf('--no-block jackd'))
    const gone = choose({ cards: [b], had: 'Desk', bridged: 'Synth' })
    expect(gone).toMatchObject({ started: ['Desk'], bridges: ['stop'] })
    expect(gone.bridged).toBeUndefined()
    expect(choose({ had: 'Desk', bridged: 'Synth' })).toMatchObject({ bridges: ['stop'] })
  })

  /** How it is opened: the words of its program. */
  const opened = (program: string, text: string, rate = 48000): string | undefined => {
    const folder = temporaryFolder()
    write(folder, {
      'second-card': readFileSync(
        join(repository, 'templates/root/usr/lib/downbeat/second-card'),
        'utf8',
      ).replaceAll(/(?<=[ "(])\/(?=(proc|run|usr\/share)\/)/g, `${folder}/`),
      'usr/share/downbeat/second-card.sh': 'period=128\nperiods=3\n',
      'run/downbeat-second-card': 'Synth\n',
      'proc/asound/Synth/stream0': text,
      'bin/jack_wait': '#!/bin/sh\n',
      'bin/jack_samplerate': `#!/bin/sh\necho ${rate}\n`,
      [`bin/${program}`]: '#!/bin/sh\necho "$*"\n',
    })
    for (const name of ['jack_wait', 'jack_samplerate', program])
      chmodSync(join(folder, 'bin', name), 0o755)
    const { status, stdout, stderr } = spawnSync('sh', ['second-card', program], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
    })
    expect([status, stderr]).toEqual([0, ''])
    return stdout === '' ? undefined : stdout.trim()
  }
  const altset = (channels: number, rates: string): string =>
    `  Interface 1\n    Altset 1\n    Format: S24_3LE\n    Channels: ${channels}\n    Endpoint: 0x01 (1 OUT) (ASYNC)\n    Rates: ${rates}\n`

  test('is opened with all its channels, at the rate of JACK where it has it', () => {
    const text = `A card : USB Audio\n\nPlayback:\n  Status: Stop\n${altset(2, '44100, 48000, 96000')}${altset(6, '44100, 48000')}\nCapture:\n  Status: Stop\n${altset(4, '44100')}`
    expect(opened('zita-j2a', text)).toBe('-j second-out -d hw:Synth -c 6 -r 48000 -p 128 -n 3')
    expect(opened('zita-j2a', text, 96000)).toBe(
      '-j second-out -d hw:Synth -c 6 -r 44100 -p 128 -n 3',
    )
    expect(opened('zita-a2j', text)).toBe('-j second-in -d hw:Synth -c 4 -r 44100 -p 128 -n 3')
  })

  test('that only plays records nothing, and one with any rate has that of JACK', () => {
    const text = `A card : USB Audio\n\nPlayback:\n  Status: Stop\n${altset(2, '8000 - 96000 (continuous)')}`
    expect(opened('zita-a2j', text)).toBeUndefined()
    expect(opened('zita-j2a', text, 88200)).toContain(' -r 88200 ')
    expect(opened('zita-j2a', text, 192000)).toContain(' -r 8000 ')
  })
})

describe('why no server runs', () => {
  const why = (machine: Machine): string[] => run('jack-state', machine).said

  test('is not said while one runs, or is being started', () => {
    for (const state of ['active', 'activating'])
      expect(why({ cards: [synth], units: { 'jackd@Synth.service': state } })).toEqual([])
  })

  test('is not said while downbeat-latency tries what may fail', () => {
    const measuring = '/run/systemd/system/jackd@.service.d/zz-downbeat-latency.conf'
    expect(why({ files: { [measuring]: '' } })).toEqual([])
  })

  test('is that there is no card', () => {
    const waits =
      'JACK waits for its sound card (an interface): it starts when the card is there; cat /proc/asound/cards shows those that are'
    expect(why({})).toEqual([waits])
    for (const state of ['failed', 'activating', 'active'])
      expect(why({ units: { 'jackd@Synth.service': state } })).toEqual([waits])
  })

  test('is what the server said last, or how it ended', () => {
    const failed = { cards: [synth], units: { 'jackd@Synth.service': 'failed' } }
    const journal =
      'JACK server starting\nCannot lock\nCould not open component: cannot\nJACK server starting\nALSA: cannot set period\nFailed to open server\n'
    expect(why({ ...failed, journal })[0]).toBe(
      'JACK has failed again and again on the sound card Synth, and is not tried any more: ALSA: cannot set period',
    )
    expect(why({ ...failed, journal: 'nothing\n' })[0]).toMatch(/: it ended with status 255$/)
    expect(why({ ...failed, journal: `fail \u001b[31m${'x'.repeat(900)}\n` })[0]).toMatch(
      /: fail \[31mx{100,200}$/,
    )
  })
})

describe('the processors of the machine', () => {
  /** What the generator writes where a unit is to be bound to this processor. */
  const generated = (conf: string | undefined, bound: boolean): string | undefined => {
    const folder = temporaryFolder()
    const path = 'templates/root/usr/lib/systemd/system-generators/downbeat-cores'
    write(folder, {
      generator: readFileSync(join(repository, path), 'utf8').replaceAll(
        ' /etc/',
        ` ${folder}/etc/`,
      ),
      'bin/taskset': `#!/bin/sh\nexit ${bound ? 0 : 1}\n`,
      'etc/x': '',
      ...(conf === undefined
        ? {}
        : { 'etc/systemd/system/jackd@.service.d/cpu-isolation.conf': conf }),
    })
    chmodSync(join(folder, 'bin/taskset'), 0o755)
    const { status } = spawnSync('sh', ['generator', 'out'], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
    })
    expect(status).toBe(0)
    const made = join(folder, 'out/jackd@.service.d/zz-fewer-cores.conf')
    return existsSync(made) ? readFileSync(made, 'utf8') : undefined
  }

  test('that lack the one JACK is bound to free it', () => {
    expect(generated('[Service]\nCPUAffinity=3\n', false)).toBe('[Service]\nCPUAffinity=\n')
  })

  test('that have it, or a unit that is bound to none, change nothing', () => {
    expect(generated('[Service]\nCPUAffinity=3\n', true)).toBeUndefined()
    expect(generated('[Service]\n', false)).toBeUndefined()
    expect(generated(undefined, false)).toBeUndefined()
  })
})

describe('the units', () => {
  const units = (): [string, string][] => {
    const plans = ['usb', 'none'].flatMap((card) =>
      ['jack1', 'jack2'].map((server) =>
        planOf({
          'image.yaml': `board: pi3b\nsoundcard: ${card}\njack: { server: ${server}${card === 'usb' ? ', second_card: usb' : ''} }\n`,
        }),
      ),
    )
    return plans.flatMap((plan) => [...filesOf(plan)].filter(([path]) => path.endsWith('.service')))
  }
  const seconds = (text: string, key: string): number =>
    Number(new RegExp(`^${key}=(\\d+)$`, 'm').exec(text)?.[1])

  test('that are started again when they end are so five times, and not for ever', () => {
    const again = units().filter(([, text]) => /^Restart=/m.test(text))
    expect(new Set(again.map(([path]) => path.replace(/.*\//, '')))).toEqual(
      new Set([
        'jackd@.service',
        'jackd-midi.service',
        'downbeat-autostart.service',
        'downbeat-name.service',
        'second-card@.service',
      ]),
    )
    for (const [path, text] of again) {
      expect(seconds(text, 'StartLimitBurst'), path).toBe(5)
      // five that hang are in it, too; the user's program is not waited for
      const each = /^ExecStart=\/usr\/bin\/jackd /m.test(text)
        ? ['TimeoutStartSec', 'TimeoutStopSec', 'RestartSec'].map((key) => seconds(text, key))
        : [seconds(text, 'RestartSec')]
      const all = 5 * each.reduce((sum, one) => sum + one, 0)
      expect(seconds(text, 'StartLimitIntervalSec'), path).toBeGreaterThan(all)
    }
  })

  test('of each server take the program along that is started with it', () => {
    const servers = units().filter(([, text]) => /^ExecStart=\/usr\/bin\/jackd /m.test(text))
    expect(servers).toHaveLength(4)
    for (const [path, text] of servers) {
      expect(text, path).toContain('\nPropagatesStopTo=downbeat-autostart.service\n')
      expect(text, path).toContain(
        '\nExecStartPost=+-/usr/bin/systemctl --no-block restart downbeat-autostart.service\n',
      )
    }
  })

  test('are not started for each card by udev, but by the one that chooses', () => {
    for (const card of ['usb', 'hifiberry-dac', 'onboard']) {
      const rules = filesOf(planOf({ 'image.yaml': `board: pi3b\nsoundcard: ${card}\n` })).get(
        '/etc/udev/rules.d/85-jackd.rules',
      )!
      expect(rules.match(/RUN.*/g)).toEqual([
        'RUN+="/usr/bin/systemctl --no-block restart jackd-card.service"',
      ])
    }
  })
})
