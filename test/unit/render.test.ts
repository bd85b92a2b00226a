import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConfigurePlan, Plan, View } from '../../lib/plan/plan.ts'
import { render } from '../../stages/configure/render.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import {
  cardOf,
  catalogueAt,
  choiceFiles,
  idsOf,
  kindsOfCards,
  planOf,
  refusal,
  repository,
} from './fixtures.ts'

const view = {
  hostname: 'stage',
  user: { name: 'musician', ssh_keys: [] },
  jack: { softmode: false },
  fstab: [
    { text: 'tmpfs', by: 'shm-size' },
    { text: 'proc', by: 'other' },
  ],
  soundcard: { capture: 0 },
} as unknown as View

const one = (text: string, path = 'root/etc/x.hbs'): string =>
  render({ templates: [{ path, text, executable: false }], view })[0]!.text
const refused = (text: string, path?: string): string => refusal(() => one(text, path))

describe('a template', () => {
  test('becomes the file that its path says, with its values and its mode; what does not end in .hbs is copied', () => {
    const templates = [
      { path: 'boot/config.txt.hbs', text: 'a={{hostname}}\n', executable: false },
      { path: 'root/usr/lib/x', text: '#!/bin/sh\necho {{hostname}}\n', executable: true },
    ]
    expect(render({ templates, view })).toEqual([
      { where: 'boot', path: 'config.txt', text: 'a=stage\n', executable: false },
      {
        where: 'root',
        path: 'usr/lib/x',
        text: '#!/bin/sh\necho {{hostname}}\n',
        executable: true,
      },
    ])
  })

  test('is no HTML: nothing is escaped', () => {
    const odd: View = { ...view, hostname: `<a & "b" 'c'>` }
    expect(
      render({
        templates: [{ path: 'root/x.hbs', text: '{{hostname}}', executable: false }],
        view: odd,
      })[0]!.text,
    ).toBe(`<a & "b" 'c'>`)
  })

  test('may ask, repeat and go into a value', () => {
    expect(
      one('{{#if soundcard.capture}}in{{else}}out{{/if}} {{#unless jack.softmode}}hard{{/unless}}'),
    ).toBe('out hard')
    expect(one('{{#each fstab}}\n{{by}}: {{text}} on {{../hostname}}\n{{/each}}\n')).toBe(
      'shm-size: tmpfs on stage\nother: proc on stage\n',
    )
    expect(one('{{#each fstab}}{{#if text}}{{text}} {{/if}}{{/each}}')).toBe('tmpfs proc ')
    expect(one('{{#with user}}{{name}}{{/with}}')).toBe('musician')
  })

  test('may ask for a value that a sound card may leave out', () => {
    expect(one('{{#if soundcard.alsa_id}}id{{else}}no id{{/if}}')).toBe('no id')
  })

  test('outside boot/ and root/ has no place in an image', () => {
    expect(refused('', 'boo/x.hbs')).toBe(
      'templates/boo/x.hbs: expected it below templates/boot/ or templates/root/',
    )
    expect(refused('', 'boot.hbs')).toBe(
      'templates/boot.hbs: expected it below templates/boot/ or templates/root/',
    )
  })
})

describe('a value that there is not', () => {
  test('is named with file, line and the nearest value', () => {
    expect(refused('a\n{{hostnme}}\n')).toBe(
      'templates/root/etc/x.hbs:2 {{hostnme}}: there is no such value (did you mean "hostname"?)',
    )
    expect(refused('a\n\n{{user.nam}}\n')).toBe(
      'templates/root/etc/x.hbs:3 {{user.nam}}: there is no such value (did you mean "user.name"?)',
    )
  })

  test('is an error in a condition, too, where it would silently count as false', () => {
    const message =
      'templates/root/etc/x.hbs:2 {{jack.softmod}}: there is no such value (did you mean "jack.softmode"?)'
    expect(refused('a\n{{#if jack.softmod}}x{{/if}}\n')).toBe(message)
    expect(refused('a\n{{#unless jack.softmod}}x{{/unless}}\n')).toBe(message)
  })

  test('is an error in the branch that is not taken, too', () => {
    expect(refused('{{#if jack.softmode}}\n{{user.nam}}\n{{/if}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 \{\{user\.nam\}\}/,
    )
    expect(refused('{{#if hostname}}\n{{else}}\n{{user.nam}}\n{{/if}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:3 \{\{user\.nam\}\}/,
    )
  })

  test('is an error in a list', () => {
    expect(refused('a\n{{#each fstb}}x{{/each}}\n')).toBe(
      'templates/root/etc/x.hbs:2 {{fstb}}: there is no such value (did you mean "fstab"?)',
    )
    expect(refused('a\n{{#each fstab}}\n{{txt}}\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:3 .*txt/,
    )
    expect(refused('{{#each fstab}}\n{{../hostnme}}\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 .*hostnme/,
    )
  })

  test('is an error in a condition in a list, too', () => {
    expect(refused('a\n{{#each fstab}}\n{{#if txt}}x{{/if}}\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:3 .*txt/,
    )
    expect(refused('{{#each fstab}}\n{{#if ../hostnme}}x{{/if}}\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 .*hostnme/,
    )
  })

  test('is an error even where JavaScript has something of that name', () => {
    expect(refused('a\n{{constructor}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 \{\{constructor\}\}: there is no such value/,
    )
    expect(refused('a\n{{user.toString}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 \{\{user\.toString\}\}: there is no such value/,
    )
  })
})

describe('a template that cannot be read', () => {
  test('is refused with the line of an unknown helper', () => {
    expect(refused('a\n{{shout hostname}}\n')).toMatch(/^templates\/root\/etc\/x\.hbs:2 .*shout/)
    expect(refused('a\n{{#repeat 3}}x{{/repeat}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 .*unknown helper repeat/,
    )
    expect(refused('{{#each fstab}}\n{{shout text}}\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:2 .*shout/,
    )
  })

  test('is refused with the line at which it stops to be a template', () => {
    expect(refused('a\n{{hostname}\nb\n')).toMatch(/^templates\/root\/etc\/x\.hbs:2 /)
    expect(refused('a\n\n{{#if hostname}}\nb\n{{/each}}\n')).toMatch(
      /^templates\/root\/etc\/x\.hbs:3 if doesn't match each/,
    )
  })
})

const planFor = (file: string): Plan =>
  resolve(catalogueAt(repository), join(repository, file), [], { alone: true })
const fileOf = (configure: ConfigurePlan, path: string): string => {
  const found = render(configure).find((file) => `${file.where}/${file.path}` === path)
  if (!found) throw new Error(`no ${path} is rendered`)
  return found.text
}

describe.each(choiceFiles)('the files of %s', (file) => {
  const { configure } = planFor(file)
  const rendered = render(configure)

  test('are complete: no brace, no missing value and no object is left in any of them', () => {
    expect(rendered.length).toBe(configure.templates.length)
    for (const { path, text } of rendered)
      expect(text, path).not.toMatch(
        /\{\{|\}\}|undefined|(?<!\/dev\/|console=)\bnull\b|NaN|\[object/,
      )
  })

  test('end with the end of a line', () => {
    for (const { path, text } of rendered) expect(text, path).toMatch(/[^\n]\n$/)
  })

  test('have a cmdline.txt of exactly one line, for the firmware reads no other', () => {
    const text = fileOf(configure, 'boot/cmdline.txt')
    expect(text).toMatch(/^[^\n]+\n$/)
    expect(text.trimEnd()).not.toMatch(/ {2}|^ /)
    expect(text).toMatch(/\S {60}\n$/) // for what a card adds in place
    for (const { text: parameter } of configure.view.cmdline)
      expect(text.trim().split(' ')).toContain(parameter)
  })

  test('explain each parameter of cmdline.txt, and no other', () => {
    const explained = fileOf(configure, 'boot/cmdline-explained.txt').matchAll(/^(\S.*?) {4}\S/gm)
    const said = [...explained].flatMap(([, words]) => words!.split(' '))
    expect(said.toSorted()).toEqual(
      fileOf(configure, 'boot/cmdline.txt').trim().split(' ').toSorted(),
    )
    for (const { text, by } of configure.view.cmdline)
      expect(fileOf(configure, 'boot/cmdline-explained.txt')).toContain(`\n${text}    ${by}\n`)
  })

  test('have a config.txt without a line that the firmware would cut', () => {
    const long = fileOf(configure, 'boot/config.txt')
      .split('\n')
      .filter((line) => Buffer.byteLength(line) > 98)
    expect(long).toEqual([])
  })

  test('have a config.txt in which every line below a filter says who put it there', () => {
    const [, ...sections] = fileOf(configure, 'boot/config.txt').split(/\n(?=\[)/)
    // what a person adds there is behind a line that is the same with every sound card
    expect(sections.pop()).toBe('[all]\n# Lines of your own go below this one.\n')
    expect(sections.length).toBe(configure.view.config_txt.length)
    for (const [i, { filter, lines }] of configure.view.config_txt.entries()) {
      expect(sections[i]!.trim().split('\n')).toEqual([
        `[${filter}]`,
        ...lines.flatMap(({ text, by }) => [`# ${by}`, text]),
      ])
    }
  })

  test('name the partitions by the identifiers of this disk', () => {
    const { signature, fat_serial, root_uuid } = configure.view.disk
    for (const path of ['boot/cmdline.txt', 'boot/cmdline-explained.txt'])
      expect(fileOf(configure, path)).toMatch(
        new RegExp(`^root=PARTUUID=${signature}-02 rootfstype=ext4 rootwait `, 'm'),
      )
    const fstab = fileOf(configure, 'root/etc/fstab')
    expect(fstab).toMatch(new RegExp(`^UUID=${root_uuid} / ext4 `, 'm'))
    expect(fstab).toMatch(
      new RegExp(
        `^UUID=${fat_serial.slice(0, 4)}-${fat_serial.slice(4)} /boot/firmware vfat `,
        'mi',
      ),
    )
  })

  test('have a fstab whose every line has six fields', () => {
    const lines = fileOf(configure, 'root/etc/fstab')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of lines) expect(line.split(/\s+/), line).toHaveLength(6)
  })

  test('have shell scripts that a shell can read, and that may be run', () => {
    const scripts = rendered.filter(({ text }) => text.startsWith('#!/bin/sh'))
    expect(scripts.map(({ path }) => path)).toContain('usr/lib/downbeat/first-boot')
    for (const { path, text, executable } of scripts) {
      expect(executable, path).toBe(true)
      expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' }), path).toMatchObject({
        status: 0,
        stderr: '',
      })
    }
  })
})

describe('jackd is started', () => {
  const four = 'board: pi4b\nsoundcard: usb\n'
  const jackd = (choices: string, sets: string[] = []): string =>
    fileOf(planOf({ 'image.yaml': choices }, sets).configure, 'root/etc/default/jackd')
  const alsa = (text: string): string => /^JACKD_ALSA="(.*)"$/m.exec(text)![1]!
  const server = (text: string): string => /^JACKD_SERVER="(.*)"$/m.exec(text)![1]!

  const isCard = (id: string): boolean =>
    catalogueAt(repository).entry('soundcards', id, 'test').value.bus !== 'none'

  test.each(kindsOfCards().filter((id) => !isCard(id)))(
    'on %s by its own unit, and with no card',
    (id) => {
      const paths = render(
        planOf({ 'image.yaml': `board: pi4b\nsoundcard: ${id}\n` }).configure,
      ).map(({ path }) => path)
      expect(paths.filter((path) => /jackd/.test(path) && !path.endsWith('.conf'))).toEqual([
        'etc/default/jackd-midi',
        'etc/systemd/system/jackd-midi.service',
      ])
    },
  )

  /** One card of each number of channels. */
  const differing = Map.groupBy(idsOf('soundcards').filter(isCard), (id) => {
    const { playback, capture, channels, jack } = cardOf(id)
    return [playback, capture, channels, jack.inputs].join()
  })
  test.each([...differing.values()].map(([id]) => id!))(
    'on %s with -P and -C just if the card has no input or no output, and with all of its channels',
    (id) => {
      const { playback, capture, channels, i2s_lanes, overlay } = cardOf(id)
      const kernel =
        overlay && overlay.mainline === undefined ? 'kernel: { source: raspberrypi }\n' : ''
      const board = i2s_lanes > 1 ? 'pi5' : 'pi4b'
      const options = alsa(jackd(`board: ${board}\nsoundcard: ${id}\n${kernel}`)).split(' ')
      expect(options.includes('-P')).toBe(capture === 0)
      expect(options.includes('-C')).toBe(playback === 0)
      const fixed = channels === 'fixed'
      expect(options.includes(`-o${playback}`)).toBe(fixed && playback > 0)
      expect(options.includes(`-i${capture}`)).toBe(fixed && capture > 0)
    },
  )

  test('with the frames, periods and rate of the image', () => {
    expect(alsa(jackd(`${four}jack: { period: 64, periods: 2, rate: 96000 }\n`))).toBe(
      '-p64 -n2 -r96000 -X seq',
    )
  })

  test('with the MIDI ports of the machine, unless the image does not want them', () => {
    expect(alsa(jackd(`${four}jack: { midi: false }\n`))).toBe('-p128 -n3 -r48000')
    const files = planOf({
      'image.yaml': `${four}jack: { midi: false }\n`,
    }).configure.templates.map(({ path }) => path)
    expect(files).not.toContain('root/etc/modules-load.d/jack-midi.conf')
  })

  test('with its realtime priority, ports and time limit in front of the backend', () => {
    expect(
      server(jackd(`${four}jack: { realtime_priority: 80, port_max: 32, timeout_ms: 500 }\n`)),
    ).toBe('-R -P80 -p32 -t500')
  })

  test('with -s behind the backend, where it means softmode, and only if it is asked for', () => {
    const text = jackd(`${four}jack: { softmode: true }\n`)
    expect(alsa(text)).toBe('-p128 -n3 -r48000 -X seq -s')
    expect(server(text)).not.toMatch(/-s/)
    expect(alsa(jackd(four))).not.toMatch(/-s/)
  })

  test('by the USB numbers of its card, or its id, where they are known, else by its bus', () => {
    const rule = (card: string): string =>
      fileOf(
        planOf({ 'image.yaml': `board: pi4b\nsoundcard: ${card}\n` }).configure,
        'root/etc/udev/rules.d/85-jackd.rules',
      )
    expect(rule('hifiberry-dac')).toContain('ATTR{id}=="sndrpihifiberry", GOTO="jackd_card"\n')
    expect(rule('hifiberry-dac')).not.toContain('SUBSYSTEMS')
    expect(rule('usb')).toContain('SUBSYSTEMS=="usb", GOTO="jackd_card"\n')
    expect(rule('usb')).not.toContain('ATTR{id}')
    // two devices of one brand have the same id, and then the second one has another
    expect(rule('edirol-ua-25')).toContain(
      'SUBSYSTEMS=="usb", ATTRS{idVendor}=="0582", ATTRS{idProduct}=="0074", GOTO="jackd_card"\n',
    )
    expect(rule('edirol-ua-25')).not.toContain('ATTR{id}')
  })

  test('as the user of the image', () => {
    const plan = planOf({ 'image.yaml': four }, ['user.name=drummer'])
    expect(fileOf(plan.configure, 'root/etc/systemd/system/jackd@.service')).toContain(
      '\nUser=drummer\n',
    )
    expect(fileOf(plan.configure, 'root/etc/sudoers.d/downbeat')).toContain('\ndrummer ALL=')
  })
})
