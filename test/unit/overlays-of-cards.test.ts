import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  overlayTable,
  readOverlayTable,
  soundOverlays,
} from '../../scripts/generate/sound-overlays.ts'
import { cardOf, downbeat, idsOf, repository, temporaryFolder, write } from './fixtures.ts'

const cards = idsOf('soundcards').map(cardOf)
const table = readOverlayTable(readFileSync(join(repository, 'tables/sound-overlays.txt'), 'utf8'))

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

  test('is of more than forty designs, of which more than twelve record', () => {
    expect(onHeader.length).toBeGreaterThan(45)
    expect(onHeader.filter(({ capture }) => capture > 0).length).toBeGreaterThan(12)
  })
})
