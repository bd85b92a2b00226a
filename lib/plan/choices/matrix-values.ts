import type { Override } from '../catalogue/yaml.ts'
import type { MatrixJack } from '../schema/matrix.ts'

/** The axes, in the order in which a name has their words. */
export const AXES = ['board', 'soundcard', 'jack', 'base'] as const
export type Axis = (typeof AXES)[number]
export type Value = string | readonly string[] | MatrixJack

/** One value of an axis, and where it stands. */
export interface Choice {
  axis: Axis
  value: Value
  /** what a name has of it, and how messages call it */
  word: string
  place: string
}

export const choice = (axis: Axis, value: Value, place: string): Choice => ({
  axis,
  value,
  word: wordOf({ axis, value }),
  place,
})

/** `pi4b`, `pi4b+pi5`, `jack2-64x3-96000`, and the last part of a path: with the letters of a name. */
export const wordOf = ({ axis, value }: Pick<Choice, 'axis' | 'value'>): string =>
  textOf(axis, value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.+-]+/g, '-')
    .replaceAll(/^-|-$/g, '')

function textOf(axis: Axis, value: Value): string {
  if (typeof value === 'string') return axis === 'base' ? value.split('/').at(-1)! : value
  if (Array.isArray(value)) return value.join('+')
  if (!isJack(value)) return JSON.stringify(value) // --set may say anything: it is refused later
  const { server, period, periods, rate } = value
  const buffer = `${period ?? ''}${periods === undefined ? '' : `x${periods}`}`
  return [server, buffer, rate].filter((word) => word !== undefined && word !== '').join('-')
}

const isJack = (value: Value): value is Exclude<MatrixJack, string> =>
  typeof value === 'object' && !Array.isArray(value)

/** The choices that a value of an axis is, as `--set` would say them. */
export const saidBy = ({ axis, value, place }: Choice): Override[] =>
  axis !== 'jack'
    ? [{ path: [axis], value, text: place }]
    : Object.entries(jackOf(value)).map(([key, one]) => ({
        path: ['jack', key],
        value: one,
        text: place,
      }))

export const jackOf = (value: Value): Record<string, unknown> =>
  typeof value === 'string' ? { server: value } : (value as Record<string, unknown>)

/** What is said on the command line in the place of a value. */
export function replaced({ axis, value }: Choice, instead: readonly Override[]): { value?: Value } {
  const own = instead.findLast(({ path }) => path.length === 1 && path[0] === axis)
  if (axis !== 'jack') return own === undefined ? {} : { value: own.value as Value }
  const jack = Object.keys(jackOf(value)).flatMap((key) => {
    const said = instead.findLast(({ path }) => path[0] === 'jack' && path[1] === key)
    return said === undefined ? [] : [[key, said.value]]
  })
  return jack.length === 0
    ? {}
    : { value: { ...jackOf(value), ...Object.fromEntries(jack) } as Value }
}

export const listOf = (value: unknown): Value[] =>
  Array.isArray(value) ? (value as Value[]) : value === undefined ? [] : [value as Value]
