import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  overlayTable,
  readOverlayTable,
  soundOverlays,
} from '../../scripts/generate/sound-overlays.ts'
import {
  cardOf,
  catalogueAt,
  downbeat,
  idsOf,
  repository,
  temporaryFolder,
  write,
} from './fixtures.ts'

const cards = idsOf('soundcards').map(cardOf)
const table = readOverlayTable(readFileSync(join(repository, 'tables/sound-overlays.txt'), 'utf8'))

/** Our own overlays, what they include, and the configuration of our kernels for sound and boards. */
const sources = catalogueAt(repository).texts('kernel/overlays')
const ofCards = cards.flatMap((card) => {
  const overlay = card.bus === 'i2s' ? card.overlay?.mainline : undefined
  const text = sources.find(({ path }) => path === `${overlay}.dts`)?.text
  return overlay === undefined ? [] : [{ card, overlay, text: text! }]
})
const fragments = ['35-boards', '40-audio']
  .map((name) => readFileSync(join(repository, `kernel/fragments/${name}.config`), 'utf8'))
  .join('\n')

/** Which option builds the driver of which device (Linux 6.12, sound/soc/*\/Makefile and *-i2c.c). */
const OPTIONS: Record<string, string[]> = {
  CONFIG_REGULATOR_FIXED_VOLTAGE: ['regulator-fixed'],
  CONFIG_SND_SIMPLE_CARD: ['simple-audio-card'],
  CONFIG_SND_SOC_ADAU7002: ['adi,adau7002'],
  CONFIG_SND_SOC_CS4265: ['cirrus,cs4265'],
  CONFIG_SND_SOC_CS4271_I2C: ['cirrus,cs4271'],
  CONFIG_SND_SOC_DA7213: ['dlg,da7213'],
  CONFIG_SND_SOC_MAX98357A: ['maxim,max98357a'],
  CONFIG_SND_SOC_PCM186X_I2C: ['ti,pcm1863'],
  CONFIG_SND_SOC_PCM5102A: ['ti,pcm5102a'],
  CONFIG_SND_SOC_PCM512x_I2C: ['ti,pcm5122', 'ti,pcm5142', 'ti,tas5756'],
  CONFIG_SND_SOC_SGTL5000: ['fsl,sgtl5000'],
  CONFIG_SND_SOC_SIMPLE_AMPLIFIER: ['simple-audio-amplifier'],
  CONFIG_SND_SOC_SPDIF: ['linux,spdif-dit'],
  CONFIG_SND_SOC_TLV320AIC23_I2C: ['ti,tlv320aic23'],
  CONFIG_SND_SOC_TLV320AIC32X4_I2C: ['ti,tlv320aic32x4'],
  CONFIG_SND_SOC_WM8731_I2C: ['wlf,wm8731'],
  CONFIG_SND_SOC_WM8960: ['wlf,wm8960'],
}

/** A text in the form of overlays/README, with all that this has in its blocks. */
const readme = `Introduction

Name:   is explained here, and stands for nothing.

Using Overlays

Name:   two-tone
Info:   Configures the Two Tone audio card
Load:   dtoverlay=two-tone,<param>=<val>
Params: loud                    Plays louder. Is written
                                "dtoverlay=two-tone,loud"
        card-name               What it is called
                                (default "two")

        leds_off                For the dark


Name:   a-display
Info:   A display of 2.8 inches
Load:   dtoverlay=a-display,<param>=<val>
Params: speed                   Of its bus


[ The old-display overlay has been deleted. ]


Name:   amp
Info:   Configures an amplifier on
        the header
Load:   dtoverlay=amp
Params: <None>
`

describe('the table of overlays', () => {
  test('is what the text of the kernel says of those for sound', () => {
    const found = soundOverlays(readme)
    expect([...found]).toEqual([
      ['two-tone', ['loud', 'card-name', 'leds_off']],
      ['amp', []],
    ])
    const text = overlayTable(found, 'commit 1')
    expect(text).toMatch(/commit 1\n[^]*\namp\ntwo-tone loud card-name leds_off\n$/)
    expect(readOverlayTable(text)).toEqual(found)
  })

  test('says which commit it is of, and when that was read', () => {
    const text = readFileSync(join(repository, 'tables/sound-overlays.txt'), 'utf8')
    const from = /^# raspberrypi\/linux, (commit [0-9a-f]{40} .* \d{4}-\d\d-\d\d)$/m.exec(text)![1]!
    expect(overlayTable(table, from)).toBe(text)
  })

  test('is made of a file that somebody names, or not', async () => {
    const cwd = temporaryFolder()
    write(cwd, { README: readme, other: 'Name: x\nInfo: a lamp\n' })
    const said = async (...args: string[]): Promise<string> =>
      (await downbeat(['generate', '--check', ...args], { cwd, out: temporaryFolder() })).stderr
    expect(await said('--overlays', 'README', '--from', 'x')).toContain(
      'tables/sound-overlays.txt is stale',
    )
    expect(await said('--overlays', 'README')).toContain('--overlays and --from go together')
    expect(await said('--overlays', 'other', '--from', 'x')).toContain(
      '--overlays other: no overlay for sound in it',
    )
    expect(await said('--overlays', 'none', '--from', 'x')).toContain(
      '--overlays none: ENOENT: no such file',
    )
    // the kernel's has 280,000 letters
    write(cwd, { README: readme + 'x'.repeat(300_000) })
    expect(await said('--overlays', 'README', '--from', 'x')).toContain('is stale')
  })
})

describe('a sound card on the header', () => {
  const onHeader = cards.filter(({ bus }) => bus === 'i2s')

  test.each(ofCards)(
    'of ours for $card.id has the name and the pins of its file',
    ({ card, text }) => {
      expect(/simple-audio-card,name = "(.*)";/.exec(text)?.[1]).toBe(card.alsa_name)
      const pins = [
        ...[...text.matchAll(/<&gpio (\d+) [01]>/g)].map(([, pin]) => Number(pin)),
        ...[...text.matchAll(/gpio-hog;\n\s*gpios = <(\d+)/g)].map(([, pin]) => Number(pin)),
        ...(text.includes('&i2c1 {') ? [2, 3] : []),
      ]
      expect(card.pins).toEqual(expect.arrayContaining(pins))
    },
  )

  test('of ours is for a card, and includes what every card needs', () => {
    const named = new Set(ofCards.map(({ overlay }) => `${overlay}.dts`))
    for (const { path, text } of sources)
      expect(/^\/include\/ "clock-of-\w/m.test(text) && path.endsWith('.dts'), path).toBe(
        named.has(path),
      )
  })

  test.each(Object.keys(OPTIONS))('of ours with %s has its driver in our kernels', (option) => {
    expect(fragments).toMatch(new RegExp(`^${option}=[my]$`, 'm'))
  })

  test('of ours names no device that is not in this list', () => {
    const known = Object.values(OPTIONS).flat()
    const asked = sources
      .filter(({ text }) => /clock-of-|simple-audio-card/.test(text))
      .flatMap(({ text }) => [...text.matchAll(/compatible = "(.*)";/g)].map(([, one]) => one!))
    expect([...new Set(asked)].toSorted()).toEqual(
      [...known, 'brcm,bcm2835', 'fixed-clock'].toSorted(),
    )
  })

  test('is of more than forty designs, of which more than twelve record', () => {
    expect(onHeader.length).toBeGreaterThan(45)
    expect(onHeader.filter(({ capture }) => capture > 0).length).toBeGreaterThan(12)
  })
})
