import type { SettingsData } from './settings.ts'
import { settingKeys } from './settings.ts'

const heading = `# The settings of this card. Take the # away in front of a line and change what is behind the =; then start the
# Raspberry Pi, or start it again. Texts stand in "quotes". Any editor will do, on any system.
# What is wrong here is said in downbeat-problems.txt, which then lies beside this file, and on the console.
# Passwords are written over with *** as soon as they are applied: *** means "as it is".`

/**
 * The text of a downbeat.toml: every key with a value as a line, every other as a comment, with its
 * default where `defaults` has one. Values are not checked here: parse them with `Settings` first.
 */
export function settingsText(values: SettingsData, defaults: SettingsData = {}): string {
  const lines = settingKeys().flatMap((setting) => {
    const value = valueAt(values, setting.key)
    const shown = value ?? valueAt(defaults, setting.key) ?? setting.example
    const [table, name] = setting.key.includes('.')
      ? setting.key.split('.')
      : [undefined, setting.key]
    return [
      {
        table,
        about: setting.about,
        line: `${value === undefined ? '#' : ''}${name} = ${inToml(shown)}`,
      },
    ]
  })
  const tables = [...new Set(lines.map(({ table }) => table))]
  const blocks = tables.map((table) => {
    const own = lines
      .filter((one) => one.table === table)
      .flatMap(({ about, line }) => [`# ${about}`, line])
    return (table === undefined ? [] : [`[${table}]`]).concat(own)
  })
  return [[heading], ...blocks].map((block) => `${block.join('\n')}\n`).join('\n')
}

/** One line of it. */
export const settingLine = (key: string, value: unknown): string =>
  `${key.split('.').at(-1)!} = ${inToml(value)}`

/** What stands in settings at a key with dots. */
export const valueAt = (values: object, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (value, part) => (value as Record<string, unknown> | undefined)?.[part],
      values,
    )

// A string of JSON is one of TOML, but for the character DEL.
const inToml = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(inToml).join(', ')}]`
    : JSON.stringify(value).replaceAll('\x7f', '\\u007f')
