import type { Catalogue } from '../../../lib/plan/catalogue/catalogue.ts'
import type { MixerUse } from '../../../lib/plan/plan.ts'
import { planMixer } from '../../../lib/plan/choices/mixer.ts'
import { controlsOf, findControl } from '../../../lib/plan/schema/mixer-controls.ts'
import type { Control, Slope } from '../../../lib/plan/schema/mixer-controls.ts'

/** A sound card as its file has it: what its mixer is set to, and what a driver would make of it. */
export interface MixerCard {
  /** soundcards/<id>.yaml */
  id: string
  /** a name for it in ALSA that no other one has */
  alsa: string
  /** CONTROL<tab>VALUE[<tab>WORDS] */
  lines: string[]
  controls: Made[]
}

type Line = MixerUse['lines'][number]
/** A control of which all is known. */
type Made = Extract<Control, { kind: 'switch' | 'level' | 'choice' }>

/** The cards of soundcards/ that have a mixer, those with the most to set first. */
export const mixerCards = (catalogue: Catalogue): MixerCard[] =>
  catalogue
    .ids('soundcards')
    .flatMap((id) => {
      const { value, at } = catalogue.entry('soundcards', id, 'test')
      if (value.mixer === undefined || value.found_by.usb === 'any') return []
      const choices = { value: { soundcard: id, mixer: {} }, at } as unknown as Parameters<
        typeof planMixer
      >[1]
      const lines = planMixer(catalogue, choices, { id, ...value }, at)
        .filter(({ on }) => on)
        .flatMap((use) => use.lines)
      const known = controlsOf(value.mixer.drivers) ?? []
      return [
        {
          id,
          lines: lines.map(({ control, value: set, words }) =>
            [control, set, words].filter((word) => word !== '').join('\t'),
          ),
          controls: [
            ...known.filter(isMade),
            ...lines.flatMap((line) => madeFor(line, known) ?? []),
          ],
        },
      ]
    })
    .sort((a, b) => b.lines.length - a.lines.length)
    .map((card, i) => Object.assign(card, { alsa: `Mixer${i}` }))

const isMade = (control: Control): control is Made =>
  control.kind === 'switch' || control.kind === 'level' || control.kind === 'choice'

/** Of a control whose kind its source does not tell: one that such a value fits. */
function madeFor({ control: name, value }: Line, known: readonly Control[]): Made | undefined {
  const found = findControl(known, name)
  if (found && isMade(found)) return undefined
  if (value === 'on' || value === 'off') return { name, channels: 1, kind: 'switch' }
  return /^-?\d/.test(value)
    ? { name, channels: 2, kind: 'level', max: 127, slopes: [{ from: 0, dB: -121, step: 1 }] }
    : { name, channels: 1, kind: 'choice', items: ['Something else', value] }
}

/**
 * What alsactl makes a card's controls of, as if its driver had them: all silent and elsewhere. The
 * form is that of asound.state; `user` in the access of a control has alsactl make it.
 */
export const stateOf = ({ alsa, controls }: MixerCard): string =>
  `state.${alsa} {\n${controls.map((control, i) => controlOf(control, i + 1)).join('')}}\n`

function controlOf(control: Made, n: number): string {
  const { name, channels, kind } = control
  const value = kind === 'switch' ? 'false' : kind === 'level' ? '0' : quote(control.items.at(-1)!)
  const type = { switch: 'BOOLEAN', level: 'INTEGER', choice: 'ENUMERATED' }[kind]
  const values = Array.from({ length: channels }, (_, i) => `\t\tvalue.${i} ${value}\n`).join('')
  const tlv = kind === 'level' && control.slopes ? `\t\t\ttlv '${tlvOf(control)}'\n` : ''
  return `\tcontrol.${n} {
\t\tiface MIXER
\t\tname ${quote(name)}
${values}\t\tcomment {
\t\t\taccess 'read write user'
\t\t\ttype ${type}
\t\t\tcount ${channels}
${kind === 'level' ? `\t\t\trange '0 - ${control.max}'\n` : ''}${tlv}${
    kind === 'choice'
      ? control.items.map((item, i) => `\t\t\titem.${i} ${quote(item)}\n`).join('')
      : ''
  }\t\t}
\t}
`
}

const quote = (text: string): string => `'${text}'`

/** Words of ALSA's own form of dB (include/uapi/sound/tlv.h), in hexadecimal digits. */
function tlvOf({ max, slopes, mute }: Extract<Made, { kind: 'level' }>): string {
  const [SCALE, RANGE, MUTE] = [1, 3, 0x10000]
  const scale = ({ dB, step }: Slope, silent: boolean): number[] => [
    SCALE,
    8,
    Math.round(dB * 100),
    Math.round(step * 100) + (silent ? MUTE : 0),
  ]
  const [first, ...rest] = slopes!
  if (rest.length === 0 && first!.from === 0) return hex(scale(first!, mute === true))
  // what is below the first part is silent
  const parts = first!.from === 0 ? slopes! : [{ from: 0, dB: first!.dB - 10, step: 0 }, ...slopes!]
  const words = parts.flatMap((part, i) =>
    [part.from, (parts[i + 1]?.from ?? max + 1) - 1].concat(scale(part, false)),
  )
  return hex([RANGE, words.length * 4, ...words])
}

const hex = (words: readonly number[]): string =>
  words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')

/** What ALSA shows of the control of a line that was set: the value in all of its channels. */
export function shownOf({ controls }: MixerCard, line: string): string {
  const [name, value] = line.split('\t') as [string, string]
  const control = controls.find((one) => one.name === name)
  if (!control) return 'no such control'
  return Array.from({ length: control.channels }, () => stepOf(control, value)).join(',')
}

function stepOf(control: Made, value: string): string {
  if (control.kind === 'switch') return value
  if (control.kind === 'choice') return String(control.items.indexOf(value))
  const { max, slopes = [] } = control
  if (value.endsWith('%')) return String(Math.floor((max * parseFloat(value)) / 100))
  if (!value.endsWith('dB')) return value
  const steps = slopes.flatMap(({ from, dB, step }, i) =>
    Array.from({ length: (slopes[i + 1]?.from ?? max + 1) - from }, (_, n) => ({
      step: from + n,
      dB: dB + n * step,
    })),
  )
  return String(steps.findLast((one) => one.dB <= parseFloat(value) + 0.001)?.step ?? 0)
}
