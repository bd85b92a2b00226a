import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { cardRoots } from './card-root/stage.ts'
import type { CardRoots, Changed, Seen } from './card-root/stage.ts'
import { cards } from './card-root/cards.ts'
import type { After } from './card-root/card.ts'

// What the image's own scripts make of the settings of a card, file by file;
// test/image/first-boot.test.ts boots some of it.

let seen: CardRoots
beforeAll(async () => {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [cardRoots],
    { quiet: true },
  )
  seen = JSON.parse(readFileSync(made.get('card-roots')!.outputs['seen']!, 'utf8')) as CardRoots
})

/** Not on the card, or copies and locks of the programs that change accounts. */
const passing =
  /^\/(run\/|tmp\/|\.twins\/|etc\/(passwd|shadow|group|gshadow|subuid|subgid)-|etc\/\.pwd\.lock)/
/** What was put on the card, and what is remembered of it. */
const bookkeeping =
  /^\/(boot\/firmware\/downbeat\.toml|var\/lib\/downbeat\/(applied\.sha256|first-boot\.done|firstrun\.done))$/
const problems = [
  '/boot/firmware/downbeat-problems.txt',
  '/etc/issue.d/20-downbeat-problems.issue',
] as const

/** The files of the card that are another than in the image. */
const filesOf = ({ files }: Seen): [string, Changed][] =>
  Object.entries(files).filter(
    ([path, file]) =>
      file.kind !== 'folder' && !passing.test(path) && !isDeepStrictEqual(file, seen.image[path]),
  )

/**
 * A text; of one that the image has, the lines that went, behind a -, and those that came, behind a
 * +.
 */
function change([path, { kind, text }]: [string, Changed]): [string, string | null] {
  const before = seen.image[path]?.text.split('\n')
  if (kind === 'gone') return [path, null]
  if (!before) return [path, text]
  const now = text.split('\n')
  const went = before.filter((line) => !now.includes(line)).map((line) => `-${line}\n`)
  return [
    path,
    [...went, ...now.filter((line) => !before.includes(line)).map((line) => `+${line}\n`)].join(''),
  ]
}

const matching = (wanted: string | RegExp): unknown =>
  typeof wanted === 'string' ? wanted : expect.stringMatching(wanted)

function expectAfter(start: Seen, after: After): void {
  const {
    status = '0',
    again = false,
    hostname = 'downbeat',
    password_login = 'no',
    asks = [],
    nowhere = [],
    modes = {},
  } = after
  const { said, ...asked } = start
  expect({ said: said.filter((line) => !line.startsWith('+ ')), ...asked }).toMatchObject({
    status,
    again,
    hostname,
    password_login,
  })
  const changed = filesOf(start).filter(
    ([path]) => !bookkeeping.test(path) && !problems.some((one) => one === path),
  )
  expect(Object.fromEntries(changed.map(change))).toEqual(
    Object.fromEntries(
      Object.entries(after.files ?? {}).map(([path, text]) => [
        path,
        text === null ? null : matching(text),
      ]),
    ),
  )
  for (const [path, mode] of Object.entries(modes))
    expect(`${start.files[path]?.mode} ${start.files[path]?.owner}`, path).toBe(mode)
  expect(
    said.flatMap((line) => (/^\+ systemctl (?!is-enabled)(.*)/.exec(line) ?? []).slice(1)),
  ).toEqual(asks)
  expectProblems(start, after.problems)
  const everywhere = [
    ...Object.entries(start.files).map(([path, { text }]) => `${path}: ${text}`),
    ...said,
  ]
  for (const secret of nowhere)
    expect(everywhere.filter((text) => text.includes(secret)).join('\n')).toBe('')
}

/** They are said in a text for Windows, too, on the console and above the log-in. */
function expectProblems({ files, said }: Seen, wanted: After['problems']): void {
  const [beside, above] = problems.map((path) =>
    files[path]?.kind === 'file' ? files[path].text : undefined,
  )
  if (wanted === undefined)
    return expect({ beside, above }).toEqual({ beside: undefined, above: undefined })
  expect(beside?.split('\r\n').slice(1, -1)).toEqual(wanted.map(matching))
  expect(above?.replaceAll('\\\\', '\\').split('\n').slice(0, -2)).toEqual(wanted.map(matching))
  for (const line of beside!.split('\r\n').slice(1, -1))
    expect(said).toContain(`downbeat: settings: ${line}`)
}

describe('a card', () => {
  const told = cards.flatMap((card, i) =>
    card.as === undefined ? [[card.title, card, i] as const] : [],
  )
  test.for(told)('%s', ([, { starts }, i]) => {
    for (const [j, { after }] of starts.entries()) if (after) expectAfter(seen.cards[i]![j]!, after)
  })
})

describe('a card whose plug is pulled', () => {
  const cut = cards.flatMap((card, i) =>
    card.as === undefined ? [] : [[card.title, card, i] as const],
  )
  test.for(cut)('%s ends as if it had not been', ([, { starts, as }, i]) => {
    const whole = cards.findIndex(({ title }) => title === as)
    for (const [j, { cut }] of starts.entries())
      if (cut !== undefined) expect(seen.cards[i]![j]!.said.join('\n')).toContain(cut)
    expect(Object.fromEntries(filesOf(seen.cards[i]!.at(-1)!))).toEqual(
      Object.fromEntries(filesOf(seen.cards[whole]![0]!)),
    )
  })
})
