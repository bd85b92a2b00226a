import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { openDocument } from '../../lib/plan/catalogue/document.ts'
import { unfilled } from '../../lib/plan/catalogue/marks.ts'
import { parseYaml } from '../../lib/plan/catalogue/yaml.ts'
import { usualCard } from '../../lib/plan/resolve/other-cards.ts'
import { Id } from '../../lib/plan/schema/common.ts'
import { Soundcard } from '../../lib/plan/schema/soundcard.ts'
import { readOverlayTable } from '../generate/sound-overlays.ts'
import { dumpedCard } from './card.ts'
import type { DumpedCard } from './card.ts'
import { draft } from './draft.ts'
import { readDump } from './read.ts'

/** A file of soundcards/ that is made of a dump. */
export interface Made {
  id: string
  /** its path in the repository */
  file: string
  text: string
  card: DumpedCard
  /** what a person has to fill in, each with its place */
  marks: string[]
}

/**
 * Makes soundcards/<id>.yaml of the text of a dump. `name`: what to call it in messages; `id`: what the
 * file is to be called, or what the card calls itself. Throws UserError for what is no dump, for a
 * card that has a file already, and for a name that is taken.
 */
export function soundcardOf(catalogue: Catalogue, dump: string, name: string, id?: string): Made {
  const card = dumpedCard(readDump(dump, name))
  refuseKnown(catalogue, card)
  const own = id ?? idFor(card)
  const { error } = Id.safeParse(own)
  if (error || own.length > 60)
    throw new UserError(
      id === undefined
        ? `${card.at('card')}: its name makes no name of a file; say one: --id my-card`
        : `--id ${visible(id)}: ${error?.issues[0]?.message ?? 'expected at most 60 letters'}, such as --id my-card`,
    )
  if (catalogue.ids('soundcards').includes(own))
    throw new UserError(
      `there is a soundcards/${own}.yaml already: say another name, such as --id ${own}-2, or edit that one`,
    )
  const usb = catalogue.entry('soundcards', usualCard(catalogue, name), name).value.jack
  const table = readFileSync(join(catalogue.root, 'tables/sound-overlays.txt'), 'utf8')
  const text = draft(card, { usb, overlays: readOverlayTable(table) })
  const file = `soundcards/${own}.yaml`
  const { doc, at } = openDocument(text, file)
  const marks = unfilled(doc, at)
  // what has no marks is a file as any other: that is seen before it is there
  if (marks.length === 0) parseYaml(text, file, Soundcard)
  return { id: own, file, text, card, marks }
}

/** What the card calls itself, as the name of a file. */
const idFor = ({ name }: DumpedCard): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9+]+/g, '-')
    .replaceAll(/^[-+]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')

/** A second file with the same numbers would be one too many: the first boot takes one of them. */
function refuseKnown(catalogue: Catalogue, { bus, usb, hat, at }: DumpedCard): void {
  for (const id of catalogue.ids('soundcards')) {
    const { found_by } = catalogue.entry('soundcards', id, 'soundcards').value
    const is = (place: string, what: string): UserError =>
      new UserError(
        `${place}: ${what} is in soundcards/${id}.yaml already: ./downbeat build --soundcard ${id}; what is wrong in it is to be mended there`,
      )
    if (usb !== undefined && found_by.usb !== 'any' && found_by.usb.includes(usb))
      throw is(at('usb'), usb)
    if (bus === 'i2s' && hat !== undefined && found_by.hat.includes(hat))
      throw is(at('hat'), `"${hat}"`)
  }
}
