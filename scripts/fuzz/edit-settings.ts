import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { parse } from 'smol-toml'
import { UserError } from '../../lib/common/words/errors.ts'
import { editSettings, settingsOf } from '../../lib/plan/settings/edit.ts'
import { settingKeys } from '../../lib/plan/settings/settings.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'

/** A downbeat.toml, and what is to stand in it afterwards. */
interface Edit {
  text: string
  values: SettingsData
}

const settings = settingKeys()
const usual = settingsText({}).split('\n')

/** The file of an image, in which some lines are no comments any more, or others. */
const written = fc
  .array(fc.tuple(fc.nat(usual.length - 1), fc.oneof(odd, fc.constant(undefined))), {
    maxLength: 6,
  })
  .map((changes) => {
    const other = new Map(changes)
    return usual.map((line, at) =>
      other.has(at) ? (other.get(at) ?? line.replace(/^#(?=\w+ = )/, '')) : line,
    )
  })
const other = fc.constantFrom(
  'user.name = "a"',
  '[user]\nname = """\na\n"""',
  'user = { name = "a" }',
  '[[user]]\nname = "a"',
  '["user"]\n"name" = "a" # name = ',
  'a = [\n  "[wifi]",\n]',
)
const text = fc
  .tuple(written, fc.option(other), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\uFEFF'))
  .map(([lines, more, end, mark]) => mark + [...lines, more ?? ''].join(end))

/** Settings that the schema takes: examples, and others of their kind. */
const values = fc
  .array(fc.tuple(fc.constantFrom(...settings), fc.oneof(odd, fc.nat(), fc.boolean())), {
    maxLength: 4,
  })
  .map((chosen) => {
    for (const strange of [true, false])
      try {
        const asked = chosen.map(([{ key, example }, value]) => ({
          key,
          value: strange ? value : example,
          from: key,
        }))
        return settingsOf(asked)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
      }
    return {}
  })

/** Every value of a table and of those in it, by its key. */
function leaves(table: object, before = '', found = new Map<string, unknown>()): typeof found {
  for (const [key, value] of Object.entries(table) as [string, unknown][])
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      leaves(value, `${before}${key}\0`, found)
    else found.set(before + key, value)
  return found
}

const read = (toml: string): Map<string, unknown> => leaves(parse(toml.replace(/^\uFEFF/, '')))

export const target = ofProperty<Edit>({
  about: 'a change of downbeat.toml: the new values stand in it, and all others as before',
  inputs: fc.record({ text: fc.oneof({ weight: 2, arbitrary: text }, torn(text)), values }),
  holds({ text: before, values: wanted }) {
    let after: string
    try {
      after = editSettings(before, wanted, 'downbeat.toml')
    } catch (error) {
      if (error instanceof UserError) return
      throw error
    }
    const expected = new Map([...read(before), ...leaves(wanted)])
    const got = read(after)
    for (const key of new Set([...expected.keys(), ...got.keys()]))
      if (!isDeepStrictEqual(expected.get(key), got.get(key)))
        throw new Error(
          `${key.replaceAll('\0', '.')} should be ${JSON.stringify(expected.get(key))}, and is ${JSON.stringify(got.get(key))}`,
        )
  },
  text: (input) => `${JSON.stringify(input.values)}\n${input.text}`,
})
