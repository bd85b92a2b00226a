import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../lib/plan/plan.ts'
import { html, textOfPage } from '../../../scripts/report/html.ts'
import { pageOf, pageOfTwo } from '../../../scripts/report/page.ts'
import { palettes } from '../../../scripts/report/palette.ts'
import type { Subject } from '../../../scripts/report/parts/part.ts'
import type { OnBoard } from '../../../scripts/proven/record.ts'
import type { Measured } from '../../../scripts/report/data/measured.ts'
import { doctorReport, latencyReport } from '../reports.ts'
import { built, planFor, recordOf, subjectOf } from './builds.ts'
import { tagsOf } from './tags.ts'

const plan = planFor()
const wakeUps = {
  kernel: '6.12.107-rt15 #1 SMP',
  count: 1000,
  worst_us: 10,
  mean_us: 6,
  lost: 0,
  histogram: { 6: 999, 10: 1 },
  cycles: [
    { frames: 64, clients: 0, count: 200, instructions: 7000 },
    { frames: 64, clients: 8, count: 200, instructions: 63_713, worst_us: 5, late: 0 },
  ],
}
const boot = {
  userspace_ms: 188,
  jack_ms: 4386,
  end_ms: 4400,
  processes: 20,
  memory_kib: 73_124,
  units: [{ unit: 'dhcpcd.service', from: 3290, to: 3969 }],
}
const kept: Subject['kept'] = {
  wakeUps,
  boots: { machine: 'raspi3b', first: boot, later: boot },
  beside: [
    {
      package: 'linux-image-arm64',
      version: '6.12',
      ...wakeUps,
      worst_us: 37_233,
      lost: 1,
      cycles: [],
    },
  ],
  kernel: [{ name: 'modules', bytes: 7_239_680 }],
  firmware: ['Apr 17 2024, commit 86cc'],
}
/** What somebody has tried and measured on a board. */
const measured = latencyReport() as unknown as Measured
const tried = [{ ...doctorReport(), board: 'pi4b', by: 'somebody' } as unknown as OnBoard]
const pages: [string, string][] = [
  ['of an image', pageOf(subjectOf(built(plan), 'one', kept))],
  [
    'of an image that nobody has measured or booted',
    pageOf(subjectOf(built(plan, recordOf(plan, { boots: [] })))),
  ],
  [
    'of an image that was measured on a board',
    pageOf({ ...subjectOf(built(plan), 'one', kept), measured, tried }),
  ],
  [
    'of two images',
    pageOfTwo(
      subjectOf(built(plan), 'one', kept),
      subjectOf(built(planFor('jack.period=64', 'name=other')), 'other', kept),
    ),
  ],
]

describe.each(pages)('the page %s', (_, page) => {
  const tags = tagsOf(page)

  test('has no script, and nothing that is fetched', () => {
    const names = new Set(tags.map(({ name }) => name))
    for (const name of [
      'script',
      'link',
      'img',
      'iframe',
      'object',
      'embed',
      'form',
      'base',
      'use',
      'image',
    ])
      expect(names).not.toContain(name)
    for (const { attributes } of tags) {
      expect(
        Object.keys(attributes).filter((key) => /^(on|src|style|srcset|xlink)/.test(key)),
      ).toEqual([])
      expect(attributes['href'] ?? '#').toMatch(/^#/)
    }
    expect(page).not.toMatch(/url\(|@import/)
  })

  test('forbids every request by a policy that stands before all else', () => {
    const policy = tags.filter(
      ({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy',
    )
    expect(policy.map(({ attributes }) => attributes['content'])).toEqual([
      'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;',
    ])
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
  })

  test('tells each picture in words', () => {
    const pictures = tags.filter(({ name }) => name === 'svg')
    expect(pictures.length).toBeGreaterThan(1)
    for (const { attributes } of pictures) {
      expect(attributes['role']).toBe('img')
      for (const id of attributes['aria-labelledby']!.split(' '))
        expect(page).toMatch(new RegExp(`<(title|desc) id="${id}"[^>]*>[^<]{8,}`))
    }
  })

  test('has each name once, and every link leads to one', () => {
    const ids = tags.flatMap(({ attributes }) => attributes['id'] ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of tags)
      if (attributes['href'] !== undefined) expect(ids).toContain(attributes['href'].slice(1))
  })

  test('has a language, a title, a width for phones, and captions on its tables', () => {
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/)
    expect(page).toMatch(/<meta\s+name="viewport"\s+content="width=device-width, initial-scale=1"/)
    const count = (name: string): number => tags.filter((tag) => tag.name === name).length
    expect([count('h1'), count('main'), count('title') - count('svg')]).toEqual([1, 1, 1])
    expect(count('caption')).toBe(count('table'))
  })
})

describe('what the page of an image says', () => {
  const [[, page], [, bare]] = pages as [[string, string], [string, string]]
  const text = (of: string): string => of.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

  test('is each board, each tuning in force with its source, and each warning', () => {
    for (const { name } of plan.boards) expect(page).toContain(name)
    for (const { id, off } of plan.tunings)
      if (off === undefined) expect(page).toContain(`<strong>${id}</strong>`)
    expect(plan.warnings.length).toBeGreaterThan(0)
    expect(text(page)).toContain('nobody can log in until downbeat.toml')
  })

  test('is every line of config.txt with its reason', () => {
    expect(text(page)).toMatch(/force_turbo=1 clock-pinned: Without a frequency driver/)
    expect(text(page)).toMatch(/otg_mode=1 \[cm4\] board-config: /)
    expect(text(page)).toMatch(/isolcpus=3 cpu-isolation: JACK has a core for itself/)
  })

  test('is what was measured, or what to type where nobody has', () => {
    expect(text(page)).toContain('37233 µs')
    expect(text(bare)).toContain('./downbeat measure')
    expect(text(bare)).not.toContain('The emulated boots')
  })

  test('is what somebody has measured on a board, beside the emulator and with another measure', () => {
    const [, , [, on]] = pages as [unknown, unknown, [string, string]]
    expect(text(on)).toContain('By downbeat-latency on pi4b, on 2026-12-01')
    expect(text(on)).toContain('In microseconds of the board. 600000 times')
    expect(text(on)).toContain('a machine of 500 MIPS, whose clock counts instructions')
    expect(text(on)).toMatch(/Latest 47 µs/)
    expect(text(page)).not.toContain('Measured on a board')
  })

  test('is what is proven where: here, in the emulator, and by somebody on a board', () => {
    const [, , [, on]] = pages as [unknown, unknown, [string, string]]
    expect(text(page)).toContain('nobody yet')
    expect(text(on)).toMatch(/Raspberry Pi 4 Model B somebody, 2026-12-01 3 passed, 1 failed/)
    expect(text(on)).toContain('Booted in the emulator: raspi3b')
    expect(text(bare)).toContain('Booted in the emulator: not yet')
  })

  test('is what only a board can answer, apart from the rest', () => {
    const apart = page.slice(page.indexOf('Only a board can answer'))
    expect(apart).toContain('cd /sys/kernel/debug/clk/fw-clk-arm')
  })

  test('is a proof that has failed, with what was seen', () => {
    const record = recordOf(plan)
    Object.assign(record.proofs[0]!, { passed: false, expected: 'a < b', seen: 'b\n<a' })
    const failed = text(pageOf(subjectOf(built(plan, record))))
    expect(failed).toContain('1 failed')
    expect(failed).toMatch(/failed: image ?, expected a &lt; b ?, seen b\\n&lt;a/)
  })
})

describe('a text from outside', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='x'>\`&amp;\u202e\u0000`

  test('is escaped in a template, whatever it is', () => {
    expect(textOfPage(html`<p title="${evil}">${[evil]}</p>`)).not.toMatch(
      /<script|<img|title="">|\u202e/,
    )
    expect(textOfPage(html`${'&lt;'}`)).toBe('&amp;lt;')
  })

  test('is no part of a page, even if it looks like one', () => {
    const forged = JSON.parse('{"html":"<b>","Symbol(made of a template)":"<b>"}') as string
    expect(() => textOfPage(html`${forged}`)).toThrow(TypeError)
  })

  test('makes no tag and no attribute, wherever it stands in a plan or a record', () => {
    const spoilt = JSON.parse(JSON.stringify(plan), (key, value: unknown) =>
      ['about', 'source', 'mend', 'off', 'by', 'latency_ms', 'server'].includes(key) &&
      typeof value === 'string'
        ? evil
        : value,
    ) as Plan
    spoilt.boards[0]!.name = evil
    spoilt.soundcard.name = evil
    spoilt.configure.view.soundcard.name = evil
    spoilt.release.base = evil
    spoilt.warnings.push(evil)
    const record = recordOf(spoilt, { boots: [{ machine: evil, seconds: 1 }] })
    record.proofs.push({
      tuning: evil,
      proof: evil,
      where: evil,
      passed: false,
      expected: evil,
      seen: evil,
    })
    record.files[evil] = record.files['packages.lock']!
    record.kernel = { linux: evil }
    const one = subjectOf(built(spoilt, record), 'one', {
      ...kept,
      wakeUps: { ...wakeUps, kernel: evil },
      firmware: [evil],
    })
    const known = new Set(pages.flatMap(([, page]) => tagsOf(page).map(({ name }) => name)))
    const spoiltBy = { measured: spoiltIn(measured, evil), tried: spoiltIn(tried, evil) }
    for (const page of [
      pageOf({ ...one, ...spoiltBy }),
      pageOfTwo(one, subjectOf(built(plan), 'other', kept)),
    ]) {
      for (const { name } of tagsOf(page)) expect(known).toContain(name)
      expect(page).toContain('&lt;script&gt;')
      expect(page).not.toContain('\u202e')
    }
  })
})

/** A text in the place of each text: what is shown is escaped, even what its reader would refuse. */
const spoiltIn = <T>(value: T, text: string): T =>
  JSON.parse(JSON.stringify(value), (key, is: unknown) =>
    typeof is === 'string' && key !== 'board' && key !== 'soundcard' ? text : is,
  ) as T

describe.each(Object.entries(palettes))('in the %s palette', (_, palette) => {
  test.each([
    ...(['text', 'soft', 'link', 'good', 'bad'] as const).flatMap((of) => [
      [of, 'ground', 4.5] as const,
      [of, 'panel', 4.5] as const,
    ]),
    ...(['one', 'two', 'three', 'four'] as const).map((of) => [of, 'ground', 3] as const),
  ])('%s can be told from %s', (of, from, least) => {
    expect(contrast(palette[of], palette[from])).toBeGreaterThanOrEqual(least)
  })
})

/** WCAG 2.2: contrast ratio, of relative luminances. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
