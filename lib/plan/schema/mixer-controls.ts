import { readFileSync } from 'node:fs'
import { perhaps } from '../../common/words/nearest.ts'
import { measured } from './mixer.ts'
import type { Level } from './mixer.ts'

/** A part of the range of a control: from which step on, the dB there, and those of each further step. */
export interface Slope {
  from: number
  dB: number
  step: number
}

/** A control of a mixer, as a driver makes it. */
export type Control = { name: string; channels: number } & (
  | { kind: 'switch' }
  /** from 0 on */
  | { kind: 'level'; max: number; slopes?: Slope[]; mute?: true }
  | { kind: 'choice'; items: string[] }
  /** what it takes is worked out in the driver */
  | { kind: 'other' }
  /** its name is put together in the driver: a regular expression */
  | { kind: 'pattern' }
)

/** The controls of each driver, by its file in the kernel without `.c`; `of`: what they were read from. */
export type MixerControls = Record<string, { of: string; controls: Control[] }>

let read: MixerControls | undefined

/** tables/mixer-controls.json, which `./downbeat generate --linux` makes of the source of Linux. */
export function mixerControls(): MixerControls {
  read ??= JSON.parse(
    readFileSync(new URL('../../../tables/mixer-controls.json', import.meta.url), 'utf8'),
  ) as MixerControls
  return read
}

/** The controls of some drivers; undefined: there are none, or not all of them have been read. */
export function controlsOf(drivers: readonly string[]): Control[] | undefined {
  if (drivers.length === 0) return undefined
  const known = drivers.map((driver) => mixerControls()[driver])
  return known.every((one) => one !== undefined)
    ? known.flatMap(({ controls }) => controls)
    : undefined
}

export const findControl = (controls: readonly Control[], name: string): Control | undefined =>
  controls.find((one) =>
    one.kind === 'pattern' ? new RegExp(`^${one.name}$`).test(name) : one.name === name,
  )

/** Why a control cannot be set to this; undefined: it can, as far as is known. */
export function whyUnfit(control: Control, level: Level): string | undefined {
  const { name } = control
  switch (control.kind) {
    case 'switch':
      return level === 'on' || level === 'off' ? undefined : `${name} is on or off, not ${level}`
    case 'choice': {
      const items = [...new Set(control.items)]
      return items.includes(String(level))
        ? undefined
        : `${name} has no "${level}"${perhaps(String(level), items)}: it knows ${items.join(', ')}`
    }
    case 'level': {
      const number = measured(level)
      if (number === undefined) return `${name} is a level, not ${level}`
      const { amount, unit } = number
      const ends = unit === 'dB' ? dBOf(control) : { from: 0, to: unit === '%' ? 100 : control.max }
      if (ends === undefined)
        return `${name} does not know dB: say a number from 0 to ${control.max}`
      return amount >= ends.from && amount <= ends.to
        ? undefined
        : `${name} goes from ${ends.from}${unit} to ${ends.to}${unit}, not to ${level}`
    }
    default:
      return undefined
  }
}

/** The dB at the ends of a range; undefined: its steps are none of dB. */
export function dBOf({
  max,
  slopes,
}: Extract<Control, { kind: 'level' }>): { from: number; to: number } | undefined {
  const [first, last] = [slopes?.[0], slopes?.at(-1)]
  return first && last ? { from: first.dB, to: last.dB + last.step * (max - last.from) } : undefined
}
