import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { ResolveOptions } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { cardRootsOf } from './card-root/stage.ts'
import type { CardRoots, Changed, Seen } from './card-root/stage.ts'
import type { After, Card } from './card-root/card.ts'

/** Not on the card, or copies and locks of the programs that change accounts, or of debconf. */
const passing =
  /^\/(run\/|tmp\/|\.twins\/|var\/cache\/debconf\/|etc\/(passwd|shadow|group|gshadow|subuid|subgid)-|etc\/\.pwd\.lock)/
/** What was put on the card, and what is remembered of it. */
const bookkeeping =
  /^\/(boot\/firmware\/downbeat\.toml|var\/lib\/downbeat\/(applied\.sha256|first-boot\.done|firstrun\.done))$/
const problems = [
  '/boot/firmware/downbeat-problems.txt',
  '/etc/issue.d/20-downbeat-problems.issue',
] as const

type Image = CardRoots['image']

/** The files of the card that are another than in the image. */
const filesOf = ({ files }: Seen, image: Image): [string, Changed][] =>
  Object.entries(files).filter(
    ([path, file]) =>
      file.kind !== 'folder' && !passing.test(path) && !isDeepStrictEqual(file, image[path]),
  )

/**
 * A text; of one that the image has, the lines that went, behind a -, and those that came, behind a
 * +.
 */
function change([path, { kind, text }]: [string, Changed], image: Image): [string, string | null] {
  const before = image[path]?.text.split('\n')
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

function expectAfter(start: Seen, after: After, image: Image, gadget: boolean): void {
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
  const changed = filesOf(start, image).filter(
    ([path]) => !bookkeeping.test(path) && !problems.some((one) => one === path),
  )
  expect(Object.fromEntries(changed.map((file) => change(file, image)))).toEqual(
    Object.fromEntries(
      Object.entries({
        ...after.files,
        ...(gadget ? after.files_of_gadget : {}),
      }).map(([path, text]) => [path, text === null ? null : matching(text)]),
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
  // a screen has no room for more than twenty
  const first = wanted.slice(0, 20).map(matching)
  const more =
    wanted.length > 20 ? [expect.stringMatching(`^and ${wanted.length - 20} more: `)] : []
  expect(above?.replaceAll('\\\\', '\\').split('\n').slice(0, -2)).toEqual([...first, ...more])
  for (const line of beside!.split('\r\n').slice(1, -1))
    expect(said).toContain(`downbeat: settings: ${line}`)
}

/**
 * What an image's own scripts make of the settings of each card, file by file;
 * test/image/first-boot.test.ts boots some of it. `name`: of the stage that does it; `choices`: the
 * file that the image is made of, and `more` what else decides its plan.
 */
export function cardsEndWell(
  name: string,
  cards: readonly Card[],
  choices = 'image.yaml',
  more: () => Promise<ResolveOptions> = () => Promise.resolve({}),
): void {
  let seen: CardRoots
  let gadget: boolean
  beforeAll(async () => {
    const plan = resolve(openCatalogue(root), join(root, choices), [], await more())
    gadget = plan.boards.some(({ usb }) => usb.device !== undefined)
    const { made } = await runStages(plan, [cardRootsOf(name, cards)], { quiet: true })
    seen = JSON.parse(readFileSync(made.get(name)!.outputs['seen']!, 'utf8')) as CardRoots
  })
  const numbered = cards.map((card, i) => [card.title, card, i] as const)

  describe('a card', () => {
    test.for(numbered.filter(([, { as }]) => as === undefined))('%s', ([, { starts }, i]) => {
      for (const [j, { after }] of starts.entries())
        if (after) expectAfter(seen.cards[i]![j]!, after, seen.image, gadget)
    })
  })

  const cut = numbered.filter(([, { as }]) => as !== undefined)
  describe('a card whose plug is pulled', () => {
    test.for(cut)('%s ends as if it had not been', ([, { starts, as }, i]) => {
      const whole = cards.findIndex(({ title }) => title === as)
      for (const [j, { cut: moment }] of starts.entries())
        if (moment !== undefined) expect(seen.cards[i]![j]!.said.join('\n')).toContain(moment)
      expect(Object.fromEntries(filesOf(seen.cards[i]!.at(-1)!, seen.image))).toEqual(
        Object.fromEntries(filesOf(seen.cards[whole]![0]!, seen.image)),
      )
    })
  })
}
