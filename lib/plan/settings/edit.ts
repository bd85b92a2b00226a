import { isDeepStrictEqual } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import { UserError } from '../../common/words/errors.ts'
import { Settings, settingKeys } from './settings.ts'
import type { SettingsData } from './settings.ts'
import { mismatches } from './beside.ts'
import { settingLine, valueAt } from './text.ts'

/**
 * A downbeat.toml in which these values stand, and everything else as it was, its comments too.
 * `place` names the file. UserError for a file that is broken already, or whose lines cannot be
 * told apart, and for a value that does not go with what the file says beside it; a line of an
 * unknown key stays.
 */
export function editSettings(text: string, values: SettingsData, place: string): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const before = mismatches(read(text, place))
  let lines = text.split(/(?<=\n)/) // each with its own end: it may be a part of a value
  const changed = settingKeys().flatMap(({ key }) => {
    const value = valueAt(values, key)
    return value === undefined ? [] : [{ key, value }]
  })
  for (const [i, { key, value }] of changed.entries()) {
    lines = withLine(lines, key, settingLine(key, value), end)
    if (!hold(lines.join(''), changed.slice(0, i + 1))) throw notOneLine(place, key)
  }
  const after = lines.join('')
  const wrong = mismatches(read(after, place)).filter(
    (one) => !before.some((old) => isDeepStrictEqual(old, one)),
  )
  if (wrong.length > 0)
    throw new UserError(wrong.map(({ key, message }) => `${place}: ${key}: ${message}`).join('\n'))
  return after
}

/** Whether a text is TOML in which these values stand. */
function hold(text: string, values: readonly { key: string; value: unknown }[]): boolean {
  try {
    const seen = read(text, '')
    return values.every(({ key, value }) => isDeepStrictEqual(valueAt(seen, key), value))
  } catch (error) {
    if (error instanceof UserError) return false // what is left of the old value is no TOML
    throw error
  }
}

/**
 * TOML lets a list go on over many lines, and a key of a table stand in other ways than below its
 * name.
 */
function notOneLine(place: string, key: string): UserError {
  const [table] = key.includes('.') ? key.split('.') : []
  const where = table === undefined ? '' : `, or not below [${table}]`
  return new UserError(
    `${place}: ${key} stands there in more than one line${where}; write it in one, or change it by hand`,
  )
}

function read(text: string, place: string): Record<string, unknown> {
  try {
    return parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new UserError(
      `${place}:${error.line}:${error.column} ${error.message.split('\n')[0]}; mend it first`,
    )
  }
}

/**
 * The line of a key takes the place of the one that is there, comment or not; without one it comes
 * at the end of its table.
 */
function withLine(lines: readonly string[], key: string, line: string, end: string): string[] {
  const [table, name] = key.includes('.') ? key.split('.') : [undefined, key]
  const heads = lines.flatMap((text, at) => {
    const found = /^\s*\[([^\]]*)\]\s*(#.*)?$/.exec(text.trimEnd())
    return found ? [{ at, name: found[1]!.trim() }] : []
  })
  const head = heads.find((one) => one.name === table)
  if (table !== undefined && !head) return [...lines, end, `[${table}]${end}`, line + end]
  const from = head ? head.at + 1 : 0
  const to = heads.find(({ at }) => at >= from)?.at ?? lines.length
  const own = (commented: string): number =>
    lines.findIndex(
      (text, at) => at >= from && at < to && new RegExp(`^\\s*${commented}${name}\\s*=`).test(text),
    )
  const at = [own(''), own('#\\s*')].find((found) => found >= 0)
  if (at !== undefined) return lines.toSpliced(at, 1, line + /\r?\n$|$/.exec(lines[at]!)![0])
  const last = lines.slice(from, to).findLastIndex((text) => text.trim() !== '')
  const into = from + last + 1
  const before = lines[into - 1]
  return before === undefined || before.endsWith('\n')
    ? lines.toSpliced(into, 0, line + end)
    : lines.toSpliced(into - 1, 1, before + end, line)
}

/**
 * Values from what was typed: `hostname=synth`, `jack.period=64`, `user.ssh_keys=ssh-ed25519 …`.
 * `from` names it in messages, without what is secret. UserError with what was expected; it has no
 * value in it, for a secret may be meant.
 */
export function settingOf(
  typed: string,
  option: string,
): { key: string; value: unknown; from: string } {
  const equals = typed.indexOf('=')
  const key = typed.slice(0, Math.max(0, equals))
  const setting = settingKeys().find((one) => one.key === key)
  if (equals < 1)
    throw new UserError(
      `${option} ${/^[\w.]*/.exec(typed)![0]}: expected key=value, such as ${option} jack.period=64`,
    )
  if (!setting)
    throw new UserError(
      `${option} ${key}: there is no setting "${key}" (there is: ${settingKeys()
        .map((one) => one.key)
        .join(', ')})`,
    )
  const text = typed.slice(equals + 1)
  const values: Record<typeof setting.kind, () => unknown> = {
    text: () => text,
    texts: () => [text],
    number: () => (/^-?\d+$/.test(text) ? Number(text) : text),
    yes_no: () => ({ true: true, false: false })[text] ?? text,
  }
  return { key, value: values[setting.kind](), from: `${option} ${setting.secret ? key : typed}` }
}

/**
 * All that was asked for as settings. `from` says for each key where it was asked for. UserError
 * with place and expectation of each that is wrong.
 */
export function settingsOf(
  asked: readonly { key: string; value: unknown; from: string }[],
): SettingsData {
  const values: Record<string, unknown> = {}
  for (const { key, value } of asked) {
    const [table, name] = key.includes('.')
      ? (key.split('.') as [string, string])
      : [undefined, key]
    const into = table === undefined ? values : ((values[table] ??= {}) as Record<string, unknown>)
    into[name] =
      Array.isArray(value) && Array.isArray(into[name])
        ? [...(into[name] as unknown[]), ...value]
        : value
  }
  const { success, data, error } = Settings.safeParse(values)
  const mistakes = success
    ? mismatches(values)
        // without it: it may stand in the file that they are written into
        .filter(({ beside }) => asked.some(({ key }) => key === beside))
        .map(({ key, message }) => `${whoAsked(asked, key, undefined)}: ${message}`)
    : error.issues.map(({ path, message }) => {
        const key = path.filter((part) => typeof part === 'string').join('.')
        return `${whoAsked(asked, key, path.at(-1))}: ${message}`
      })
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join('\n'))
  return data!
}

/** Where a setting was asked for; of a list, which came of several, where this one of it was. */
function whoAsked(
  asked: readonly { key: string; value: unknown; from: string }[],
  key: string,
  index: PropertyKey | undefined,
): string {
  const own = asked.filter((one) => one.key === key)
  const each = own.flatMap(({ value, from }) =>
    Array.isArray(value) ? value.map(() => from) : from,
  )
  return (typeof index === 'number' ? each[index] : each.at(-1)) ?? key
}
