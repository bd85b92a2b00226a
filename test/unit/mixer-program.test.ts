import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

// The program is run as it will be on a card; amixer and alsactl are scripts that read and write a
// file with the state of a card, and print as theirs do.

interface Control {
  name: string
  index?: number
  iface?: string
  type: 'BOOLEAN' | 'INTEGER' | 'ENUMERATED' | 'BYTES'
  values: (number | string)[]
  min?: number
  max?: number
  items?: string[]
  /** lines that tell of dB */
  dB?: string[]
  access?: string
  /** takes no value */
  deaf?: true
}

const amixer = `#!${process.execPath}
const fs = require('node:fs')
const controls = JSON.parse(fs.readFileSync('controls.json', 'utf8'))
const words = process.argv.slice(2)
fs.appendFileSync('calls', words.join(' ') + '\\n')
if (words.at(-1) === 'contents') {
  controls.forEach((c, i) => {
    console.log(\`numid=\${i + 1},iface=\${c.iface ?? 'MIXER'},name='\${c.name}'\${c.index ? \`,index=\${c.index}\` : ''}\`)
    const range = c.type === 'INTEGER' ? \`,min=\${c.min ?? 0},max=\${c.max},step=0\` : c.items ? \`,items=\${c.items.length}\` : ''
    console.log(\`  ; type=\${c.type},access=\${c.access ?? 'rw------'},values=\${c.values.length}\${range}\`)
    ;(c.items ?? []).forEach((item, n) => console.log(\`  ; Item #\${n} '\${item}'\`))
    console.log('  : values=' + c.values.join(','))
    for (const line of c.dB ?? []) console.log(line)
  })
} else {
  const [, number] = /^numid=(\\d+)$/.exec(words.at(-2))
  const c = controls[number - 1]
  const set = words.at(-1)
  // amixer takes items by their names, and goes on behind a comma
  if (!c.deaf) c.values = c.values.map((_, i) => c.items ? c.items.indexOf(c.values.length === 1 ? set : set.split(',')[i]) : c.type === 'BOOLEAN' ? set.split(',')[i] : Number(set.split(',')[i]))
  fs.writeFileSync('controls.json', JSON.stringify(controls))
}
`
const alsactl = `#!/bin/sh
echo "alsactl $*" >>calls
for card; do :; done
mkdir -p var/lib/alsa
printf 'state.%s {\\n}\\n' "$card" >>var/lib/alsa/asound.state
`

interface Machine {
  controls: Control[]
  /** lines of /etc/downbeat/mixer */
  lines: string[]
  usb?: string
}

/** A machine with one sound card, Own; what is changed on it stays so from one run to the next. */
function machine({ controls, lines, usb }: Machine) {
  const folder = temporaryFolder()
  const text = readFileSync(join(repository, 'templates/root/usr/lib/downbeat/mixer'), 'utf8')
  write(folder, {
    'bin/amixer': amixer,
    'bin/alsactl': alsactl,
    'controls.json': JSON.stringify(controls),
    mixer: text.replaceAll(/(?<=[ "=(])\/(?=(proc|var|etc)\/)/g, `${folder}/`),
    'proc/asound/Own/id': 'Own',
    ...(usb === undefined ? {} : { 'proc/asound/Own/usbid': `${usb}\n` }),
  })
  const set = (...now: string[]): void =>
    write(folder, { 'etc/downbeat/mixer': now.map((line) => `${line}\n`).join('') })
  set(...lines)
  for (const name of ['amixer', 'alsactl']) chmodSync(join(folder, 'bin', name), 0o755)
  const now = (): Control[] =>
    JSON.parse(readFileSync(join(folder, 'controls.json'), 'utf8')) as Control[]
  return {
    folder,
    set,
    /** somebody turns a control */
    turn: (name: string, ...values: (number | string)[]): void =>
      write(folder, {
        'controls.json': JSON.stringify(
          now().map((one) => (one.name === name ? Object.assign(one, { values }) : one)),
        ),
      }),
    forget: (): void => write(folder, { 'var/lib/alsa/asound.state': '' }),
    run() {
      write(folder, { calls: '' })
      const { status, stdout, stderr } = spawnSync('sh', ['mixer', 'Own'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
      })
      return {
        status,
        stderr,
        said: stdout.replaceAll(folder, '').trimEnd().split('\n').at(-1)!,
        values: Object.fromEntries(
          now().map(({ name, index, values }) => [
            index === undefined ? name : `${name},${index}`,
            values,
          ]),
        ),
        calls: readFileSync(join(folder, 'calls'), 'utf8')
          .split('\n')
          .filter((call) => / cset |^alsactl/.test(call)),
      }
    },
  }
}

const output: Control = {
  name: 'Master Playback Volume',
  type: 'INTEGER',
  values: [0, 0],
  max: 127,
  dB: ['  | dBscale-min=-121.00dB,step=1.00dB,mute=1'],
}
const route: Control = {
  name: 'Output Mixer HiFi Playback Switch',
  type: 'BOOLEAN',
  values: ['off'],
}
const input: Control = {
  name: 'Input Mux',
  type: 'ENUMERATED',
  values: [0],
  items: ['Line In', 'Mic'],
}
const card = [output, route, input]
const lines = [
  'Own\tOutput Mixer HiFi Playback Switch\ton',
  'Own\tMaster Playback Volume\t-12dB',
  'Own\tInput Mux\tMic',
]

describe('the mixer of a card that was never there', () => {
  test('is set, in all channels, and kept by ALSA from then on', () => {
    const { said, values, calls, status, stderr } = machine({ controls: card, lines }).run()
    expect({ said, status, stderr }).toEqual({
      said: '<5>The mixer of Own is set (controls: 3)',
      status: 0,
      stderr: '',
    })
    expect(values).toEqual({
      'Master Playback Volume': [109, 109],
      'Output Mixer HiFi Playback Switch': ['on'],
      'Input Mux': [1],
    })
    expect(calls.at(-1)).toMatch(/^alsactl .* store Own$/)
    // names are no part of what is called
    expect(calls.slice(0, -1)).toEqual([
      '-q -c Own -- cset numid=1 109,109',
      '-q -c Own -- cset numid=2 on',
      '-q -c Own -- cset numid=3 Mic',
    ])
  })

  test('is not touched where it is as it should be', () => {
    const { calls } = machine({
      controls: [{ ...route, values: ['on'] }],
      lines: [lines[0]!],
    }).run()
    expect(calls).toHaveLength(1) // alsactl
  })

  test('is found by the numbers of USB, of which a line may have several', () => {
    const { values } = machine({
      controls: card,
      lines: [
        '1235:8210,1235:8211\tInput Mux\tMic',
        '1235:8212\tOutput Mixer HiFi Playback Switch\ton',
        ...lines.slice(1, 2),
      ],
      usb: '1235:8211',
    }).run()
    expect(values).toMatchObject({
      'Input Mux': [1],
      'Output Mixer HiFi Playback Switch': ['off'],
      'Master Playback Volume': [109, 109],
    })
  })

  test('is left alone where there is no line for it, or only one that is commented out', () => {
    const { said, calls } = machine({
      controls: card,
      lines: ['Other\tInput Mux\tMic', '#Own\tInput Mux\tMic', ''],
    }).run()
    expect(said).toBe(
      '<6>The mixer of Own is left as it is: /etc/downbeat/mixer has nothing for this card',
    )
    expect(calls).toEqual([])
  })
})

describe('a level', () => {
  const level = (value: string, control: Partial<Control> = {}) => {
    const { values, said } = machine({
      controls: [{ ...output, values: [5], ...control }],
      lines: [`Own\tMaster Playback Volume\t${value}`],
    }).run()
    return { at: values['Master Playback Volume']![0], said }
  }

  test.each([
    ['-12dB', 109],
    ['-12.4dB', 108], // never louder than it says
    ['-130dB', 0],
    ['99dB', 127],
    ['7', 7],
    ['50%', 63],
    ['100%', 127],
  ])('of %s is step %i', (value, step) => {
    expect(level(value)).toEqual({ at: step, said: '<5>The mixer of Own is set (controls: 1)' })
  })

  test.each([
    ['0dB', 0],
    ['20dB', 2],
    ['25dB', 2],
    ['29dB', 3],
  ])('of %s in a range of several parts is step %i', (value, step) => {
    const dB = [
      '  | dBrange-',
      '    rangemin=0,,rangemax=1',
      '      | dBscale-min=0.00dB,step=13.00dB,mute=0',
      '    rangemin=2,,rangemax=3',
      '      | dBscale-min=20.00dB,step=9.00dB,mute=0',
    ]
    expect(level(value, { max: 3, dB }).at).toBe(step)
  })

  test.each([
    ['  | dBminmax-min=-8.00dB,max=22.00dB', '7dB', 31],
    ['  | dBminmaxmute-min=-8.00dB,max=22.00dB', '22dB', 62],
  ])('is found with %s', (line, value, step) => {
    expect(level(value, { max: 62, dB: [line] }).at).toBe(step)
  })

  test('of a range that begins below zero is found, too', () => {
    const dB = ['  | dBscale-min=-102.39dB,step=0.01dB,mute=1']
    expect(level('-6dB', { min: -10239, max: 400, dB }).at).toBe(-600)
    expect(level('-1000', { min: -10239, max: 400, dB }).at).toBe(-1000)
  })
})

describe('what a card cannot', () => {
  test.each([
    ['Own\tMastr Playback Volume\t-12dB', 'Mastr Playback Volume: the card has no such control'],
    ['Own\tInput Mux\tCD', 'Input Mux: it has no CD (it has: Line In, Mic)'],
    [
      'Own\tOutput Mixer HiFi Playback Switch\t50%',
      'Output Mixer HiFi Playback Switch: it is on or off, not 50%',
    ],
    ['Own\tMaster Playback Volume\ton', 'Master Playback Volume: it is a level, not on'],
    [
      'Own\tMaster Playback Volume\t128',
      'Master Playback Volume: it goes from 0 to 127, not to 128',
    ],
  ])('%s is told, and the rest is set', (line, why) => {
    const { said, values, status } = machine({
      controls: card,
      lines: [line, ...lines.filter((one) => one.split('\t')[1] !== line.split('\t')[1])],
    }).run()
    expect(said).toBe(`<4>The mixer of Own is set, but for this: ${why}`)
    expect(status).toBe(0)
    if (!line.includes('HiFi')) expect(values['Output Mixer HiFi Playback Switch']).toEqual(['on'])
  })

  test.each([
    ['does not take', { ...route, deaf: true as const }, 'the driver does not take on'],
    ['does not let be changed', { ...route, access: 'r-------' }, 'it cannot be changed now'],
    ['has switched off', { ...route, access: 'rwi-----' }, 'it cannot be changed now'],
    [
      'has of another kind',
      { ...route, type: 'BYTES' as const },
      'it is of a kind that is not set here (BYTES)',
    ],
    ['has without dB', { ...output, name: route.name, dB: [] }, 'it does not know dB, so not -1dB'],
  ])('what it %s is told', (_, control, why) => {
    const value = why.includes('dB') ? '-1dB' : 'on'
    const { said } = machine({ controls: [control], lines: [`Own\t${route.name}\t${value}`] }).run()
    expect(said).toBe(`<4>The mixer of Own is set, but for this: ${route.name}: ${why}`)
  })

  test('is not told where it is only sometimes there', () => {
    const { said } = machine({
      controls: card,
      lines: [...lines, 'Own\tMSD Mode Switch\toff\toptional'],
    }).run()
    expect(said).toBe('<5>The mixer of Own is set (controls: 4)')
  })

  test('is tried again on the next start, and nothing else is', () => {
    const own = machine({ controls: [route, input], lines })
    expect(own.run().said).toContain('Master Playback Volume: the card has no such control')
    own.turn('Input Mux', 0)
    write(own.folder, {
      'controls.json': JSON.stringify([{ ...route, values: ['on'] }, input, output]),
    })
    expect(own.run()).toMatchObject({
      said: '<5>The mixer of Own is set (controls: 1)',
      values: { 'Input Mux': [0], 'Master Playback Volume': [109, 109] },
    })
  })
})

describe('of controls with one name', () => {
  const first = { ...route, name: 'Output Playback Switch' }
  const two = [first, { ...first, index: 1 }]
  test('the second one is called by its index', () => {
    const { values } = machine({
      controls: two,
      lines: ['Own\tOutput Playback Switch,1\ton'],
    }).run()
    expect(values).toEqual({
      'Output Playback Switch': ['off'],
      'Output Playback Switch,1': ['on'],
    })
  })

  test('one that is none of the mixer is not meant', () => {
    const { said } = machine({
      controls: [{ ...route, iface: 'CARD' }],
      lines: lines.slice(0, 1),
    }).run()
    expect(said).toContain('the card has no such control')
  })
})

describe('what somebody has changed', () => {
  test('stays so when the card comes again', () => {
    const own = machine({ controls: card, lines })
    own.run()
    own.turn('Master Playback Volume', 60, 60)
    expect(own.run()).toMatchObject({
      said: '<6>The mixer of Own is as it was left: /var/lib/alsa/asound.state has kept it',
      values: { 'Master Playback Volume': [60, 60] },
      calls: [],
    })
  })

  test('is set anew where ALSA has kept nothing', () => {
    const own = machine({ controls: card, lines })
    own.run()
    own.turn('Master Playback Volume', 60, 60)
    own.forget()
    expect(own.run().values).toMatchObject({ 'Master Playback Volume': [109, 109] })
  })

  test('stays so where a line of another control changes, which is set', () => {
    const own = machine({ controls: card, lines })
    own.run()
    own.turn('Master Playback Volume', 60, 60)
    own.set(...lines.slice(0, 2), 'Own\tInput Mux\tLine In')
    expect(own.run()).toMatchObject({
      said: '<5>The mixer of Own is set (controls: 1)',
      values: { 'Master Playback Volume': [60, 60], 'Input Mux': [0] },
    })
    expect(own.run().calls).toEqual([])
    own.set(...lines)
    expect(own.run().values).toMatchObject({ 'Input Mux': [1] })
  })

  test('is set again where ALSA cannot keep it', () => {
    const own = machine({ controls: card, lines: [`${lines[0]}\teach-time`, lines[1]!] })
    own.run()
    own.turn('Output Mixer HiFi Playback Switch', 'off')
    own.turn('Master Playback Volume', 60, 60)
    expect(own.run().values).toMatchObject({
      'Output Mixer HiFi Playback Switch': ['on'],
      'Master Playback Volume': [60, 60],
    })
  })

  test('is set although ALSA has a state of the card from before it was ever set', () => {
    const own = machine({ controls: card, lines })
    write(own.folder, { 'var/lib/alsa/asound.state': 'state.Own {\n}\n' })
    expect(own.run().said).toBe('<5>The mixer of Own is set (controls: 3)')
  })
})

test('a card that is gone meanwhile is told of, and ends nothing', () => {
  const own = machine({ controls: card, lines })
  write(own.folder, {
    'bin/amixer': '#!/bin/sh\necho "amixer: Invalid card number." >&2\nexit 1\n',
  })
  const { status, said } = own.run()
  expect(status).toBe(0)
  expect(said).toContain('the card has no such control')
  expect(existsSync(join(own.folder, 'var/lib/downbeat/mixer.Own'))).toBe(true)
})
