import type { Control, Slope } from '../../../lib/plan/schema/mixer-controls.ts'
import { callsOf, definesOf, numberOf, quoted, withoutComments } from './c-text.ts'
import type { Call } from './c-text.ts'

/** Where the arguments of a macro stand: the greatest value, the least one, the table of dB. */
interface Form {
  channels: 1 | 2
  max: number
  min?: number
  tlv?: number
}

// include/sound/soc.h and soc-dapm.h of Linux 6.12: the name is always the first argument.
const FORMS: Record<string, Form> = {
  SOC_SINGLE: { channels: 1, max: 3 },
  SOC_SINGLE_RANGE: { channels: 1, min: 3, max: 4 },
  SOC_SINGLE_TLV: { channels: 1, max: 3, tlv: 5 },
  SOC_SINGLE_SX_TLV: { channels: 1, max: 4, tlv: 5 },
  SOC_SINGLE_RANGE_TLV: { channels: 1, min: 3, max: 4, tlv: 6 },
  SOC_SINGLE_S_TLV: { channels: 1, min: 3, max: 4, tlv: 7 },
  SOC_SINGLE_S8_TLV: { channels: 1, min: 2, max: 3, tlv: 4 },
  SOC_SINGLE_EXT: { channels: 1, max: 3 },
  SOC_SINGLE_EXT_TLV: { channels: 1, max: 3, tlv: 7 },
  SOC_SINGLE_RANGE_EXT_TLV: { channels: 1, min: 3, max: 4, tlv: 8 },
  SOC_DOUBLE: { channels: 2, max: 4 },
  SOC_DOUBLE_STS: { channels: 2, max: 4 },
  SOC_DOUBLE_TLV: { channels: 2, max: 4, tlv: 6 },
  SOC_DOUBLE_SX_TLV: { channels: 2, max: 5, tlv: 6 },
  SOC_DOUBLE_RANGE_TLV: { channels: 2, min: 4, max: 5, tlv: 7 },
  SOC_DOUBLE_S8_TLV: { channels: 2, min: 2, max: 3, tlv: 4 },
  SOC_DOUBLE_EXT: { channels: 2, max: 4 },
  SOC_DOUBLE_EXT_TLV: { channels: 2, max: 4, tlv: 8 },
  SOC_DOUBLE_R: { channels: 2, max: 4 },
  SOC_DOUBLE_R_RANGE: { channels: 2, min: 4, max: 5 },
  SOC_DOUBLE_R_TLV: { channels: 2, max: 4, tlv: 6 },
  SOC_DOUBLE_R_RANGE_TLV: { channels: 2, min: 4, max: 5, tlv: 7 },
  SOC_DOUBLE_R_SX_TLV: { channels: 2, max: 5, tlv: 6 },
  SOC_DOUBLE_R_S_TLV: { channels: 2, min: 4, max: 5, tlv: 8 },
  SOC_DOUBLE_R_EXT: { channels: 2, max: 4 },
  SOC_DOUBLE_R_EXT_TLV: { channels: 2, max: 4, tlv: 8 },
  SOC_DAPM_SINGLE: { channels: 1, max: 3 },
  SOC_DAPM_SINGLE_AUTODISABLE: { channels: 1, max: 3 },
  SOC_DAPM_SINGLE_VIRT: { channels: 1, max: 1 },
  SOC_DAPM_SINGLE_TLV: { channels: 1, max: 3, tlv: 5 },
  SOC_DAPM_SINGLE_TLV_AUTODISABLE: { channels: 1, max: 3, tlv: 5 },
  SOC_DAPM_DOUBLE: { channels: 2, max: 4 },
  SOC_DAPM_DOUBLE_R: { channels: 2, max: 4 },
}
const CHOICES = /^SOC_(DAPM_)?(VALUE_)?ENUM(_EXT)?(_MULTI)?$/
const CONTROL = /^SOC_(SINGLE|DOUBLE|ENUM|VALUE_ENUM|DAPM)(_[A-Z0-9]+)*$/

/** Widgets that controls belong to, by the argument that names these. */
const WIDGET =
  /^SND_SOC_DAPM_(MUX|DEMUX|VIRT_MUX|VALUE_MUX|MIXER|MIXER_NAMED_CTL|PGA|OUT_DRV|SWITCH|MIXER_ARRAY|PGA_ARRAY|MIXER_NAMED_CTL_ARRAY|OUT_DRV_ARRAY)(_E)?$/
const OF_WIDGET = 4

/** The longest name that ALSA takes (SNDRV_CTL_ELEM_ID_NAME_MAXLEN, with its end). */
const LONGEST = 43

/**
 * The controls that a driver makes, read from its source: `text` is that of its file, `headers`
 * those of its own that it includes. They have the names, the types and the ranges that ALSA shows.
 */
export function controlsIn(text: string, headers: readonly string[] = []): Control[] {
  const source = withoutComments(text)
  const all = [...headers.map(withoutComments), source].join('\n')
  const known: Known = {
    defines: definesOf(all),
    words: wordsIn(all),
    enums: enumsIn(all),
    slopes: slopesIn(all),
  }
  const calls = callsOf(all, CONTROL)
  const widgets = widgetsIn(all)
  const made = initializersIn(all, 'snd_kcontrol_new').flatMap(({ name, begin, end }) => {
    const of = widgets.filter(({ controls }) => controls === name)
    const inside = calls.filter(({ at }) => at >= begin && at < end)
    const its = inside
      .flatMap((call) => controlOf(call, known) ?? [])
      .concat(bareIn(all.slice(begin, end)))
    return of.length === 0 ? its : its.flatMap((control, i) => ofWidgets(control, i, of))
  })
  return uniqueNames([...made, ...composedIn(source)])
}

/** A part of a codec, which controls belong to. */
interface Widget {
  name: string
  macro: string
  /** the list of its controls, or of the one control that it has */
  controls: string
  index: number
  /** the list that it is in: a driver takes one or another, for its chips */
  list: string
}

function widgetsIn(text: string): Widget[] {
  const lists = initializersIn(text, 'snd_soc_dapm_widget')
  return callsOf(text, WIDGET).flatMap(({ macro, args, at }) => {
    const [, controls, index] = /^&?(\w+)(?:\[(\d+)\])?$/.exec(args[OF_WIDGET] ?? '') ?? []
    const name = quoted(args[0]!)
    const list = lists.find(({ begin, end }) => at >= begin && at < end)?.name ?? ''
    return controls === undefined || name === undefined
      ? []
      : [{ name, macro, controls, index: Number(index ?? 0), list }]
  })
}

/**
 * A control under the names that its widgets give it. What several widgets of a chip share has its
 * own name only (soc-dapm.c, dapm_create_or_share_kcontrol).
 */
function ofWidgets(control: Control, i: number, widgets: readonly Widget[]): Control[] {
  const its = widgets.filter(({ macro, index }) => !/MUX|SWITCH/.test(macro) || index === i)
  return its.map(({ name, macro, list }) =>
    macro.includes('_NAMED_CTL') || its.filter((other) => other.list === list).length > 1
      ? control
      : renamed(control, macro.includes('MUX') ? name : `${name} ${control.name}`),
  )
}

const renamed = (control: Control, name: string): Control => ({ ...control, name })

/** What a choice offers. */
type Choice = Pick<Extract<Control, { kind: 'choice' }>, 'items' | 'channels'>

interface Known {
  defines: ReadonlyMap<string, string>
  /** lists of texts */
  words: ReadonlyMap<string, string[]>
  enums: ReadonlyMap<string, Choice[]>
  slopes: ReadonlyMap<string, { slopes: Slope[]; mute: boolean }>
}

function controlOf({ macro, args }: Call, known: Known): Control | undefined {
  const name = quoted(args[0]!)
  if (name === undefined) return undefined
  if (macro === 'SOC_DAPM_PIN_SWITCH')
    return { name: `${name} Switch`, channels: 1, kind: 'switch' }
  if (macro === 'SOC_SINGLE_BOOL_EXT') return { name, channels: 1, kind: 'switch' }
  if (CHOICES.test(macro)) {
    const [, of, index] = /^(\w+)(?:\[(\w+)\])?$/.exec(args[1]!) ?? []
    const one = known.enums.get(of ?? '')?.[numberOf(index ?? '0', known.defines) ?? 0]
    return one && one.items.length > 0
      ? { name, kind: 'choice', ...one }
      : { name, channels: 1, kind: 'other' }
  }
  const form =
    FORMS[macro] ?? Object.entries(FORMS).findLast(([known]) => macro.startsWith(known))?.[1]
  if (form === undefined) return { name, channels: 1, kind: 'other' }
  const { channels } = form
  const max = numberOf(args[form.max] ?? '', known.defines)
  const min = form.min === undefined ? 0 : numberOf(args[form.min] ?? '', known.defines)
  if (max === undefined || min === undefined) return { name, channels, kind: 'other' }
  // soc-ops.c, snd_soc_info_volsw and its like: the least value is shown as 0
  if (max - min === 1 && !name.endsWith(' Volume') && !macro.includes('_RANGE'))
    return { name, channels, kind: 'switch' }
  const tlv = form.tlv === undefined ? undefined : known.slopes.get(args[form.tlv] ?? '')
  return {
    name,
    channels,
    kind: 'level',
    max: max - min,
    ...(tlv
      ? {
          slopes: tlv.slopes.map((one) => leaning(one, max - min)),
          ...(tlv.mute ? { mute: true } : {}),
        }
      : {}),
  }
}

/** Of a range with two ends the step is known when the number of steps is. */
const leaning = ({ from, dB, step }: Slope, steps: number): Slope => ({
  from,
  dB,
  step: step < 0 ? hundredths((-step - dB) / steps) : step,
})

const hundredths = (value: number): number => Math.round(value * 10000) / 10000

/** Controls that are no macro: `{ .name = "PCM Playback Volume", … }`. */
const bareIn = (text: string): Control[] =>
  [
    ...text.matchAll(
      /\{((?:[^{}]|\{[^{}]*\})*\.name\s*=\s*("(?:[^"\\]|\\.)+")(?:[^{}]|\{[^{}]*\})*)\}/g,
    ),
  ].map(([, body, name]) => {
    const [, ways] = /\.info\s*=\s*snd_ctl_boolean_(mono|stereo)_info/.exec(body!) ?? []
    const channels = ways === 'stereo' ? 2 : 1
    return { name: quoted(name!)!, channels, kind: ways === undefined ? 'other' : 'switch' }
  })

/** Names that a driver puts together, such as "Line In %d Level Capture Enum". */
const composedIn = (text: string): Control[] =>
  callsOf(text, /^s(n|cn)?printf$|^scarlett2_add_new_ctl$|^add_new_ctl$/)
    .flatMap(({ args }) => args)
    .concat([...text.matchAll(/\bfmt\d?\s*=\s*("[^;]*");/g)].map(([, format]) => format!))
    .concat([...text.matchAll(/[?:]\s*("[^"]*")/g)].map(([, name]) => name!))
    .flatMap((argument) => quoted(argument) ?? [])
    .filter((name) => /( |%s)(Switch|Volume|Enum|Route|Source|Status|Target|%s)$/.test(name))
    .map((name) =>
      name.includes('%')
        ? { name: patternOf(name), channels: 1, kind: 'pattern' }
        : { name, channels: 1, kind: 'other' },
    )

const patternOf = (format: string): string =>
  format
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/%\d*d/g, String.raw`\d+`)
    .replaceAll('%c', '[A-Z]')
    .replaceAll('%s', '.*')

/** Where the lists of one kind stand, and the single ones. */
function initializersIn(
  text: string,
  struct: string,
): { name: string; begin: number; end: number }[] {
  const heads = new RegExp(String.raw`struct\s+${struct}\s+(\w+)\s*(?:\[\w*\])?\s*=`, 'g')
  return [...text.matchAll(heads)].map(({ 0: head, 1: name, index }) => {
    const end = text.indexOf(';', index + head.length)
    return { name: name!, begin: index, end: end < 0 ? text.length : end }
  })
}

function wordsIn(text: string): Map<string, string[]> {
  const heads = /char\s*\*\s*(?:const\s+)?(\w+)\s*\[\w*\]\s*=\s*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/g
  return new Map(
    [...text.matchAll(heads)].map(([, name, list]) => [
      name!,
      // a comma inside of a text is none between two of them
      [...list!.matchAll(/"((?:[^"\\]|\\.)*)"(?:\s*"((?:[^"\\]|\\.)*)")*/g)].map(([all]) =>
        quoted(all)!,
      ),
    ]),
  )
}

function enumsIn(text: string): Known['enums'] {
  const words = wordsIn(text)
  const choice = ({ macro, args }: Call): Choice => ({
    items: args.map((arg) => words.get(arg)).find((items) => items !== undefined) ?? [],
    channels: macro.includes('DOUBLE') ? 2 : 1,
  })
  const declared = callsOf(text, /^SOC_(VALUE_)?ENUM_\w*DECL$/).map((call): [string, Choice[]] => [
    call.args[0]!,
    [choice(call)],
  ])
  const listed = initializersIn(text, 'soc_enum').map(
    ({ name, begin, end }): [string, Choice[]] => [
      name,
      callsOf(text.slice(begin, end), /^SOC_(VALUE_)?ENUM_(SINGLE|DOUBLE)/).map(choice),
    ],
  )
  return new Map([...declared, ...listed])
}

function slopesIn(text: string): Known['slopes'] {
  const defines = definesOf(text)
  const value = (arg: string | undefined): number => numberOf(arg ?? '', defines) ?? NaN
  const dB = (arg: string | undefined): number => value(arg) / 100
  const scale = ([least, step, mute]: string[], from: number): { slope: Slope; mute: boolean } => ({
    slope: { from, dB: dB(least), step: dB(step) },
    mute: value(mute) === 1,
  })
  const found = callsOf(
    text,
    /^(SNDRV_CTL_TLVD_)?DECLARE_(TLV_)?DB_(SCALE|RANGE|MINMAX|MINMAX_MUTE)$/,
  )
  return new Map(
    found.flatMap(({ macro, args: [name, ...args] }) => {
      const ranged = macro.endsWith('RANGE')
      const parts = ranged
        ? args.flatMap((arg, i) => {
            const [item] = callsOf(arg, /^(SNDRV_CTL_)?TLVD?_DB_SCALE_ITEM$/)
            return item ? [scale(item.args, value(args[i - 2]))] : []
          })
        : /MINMAX/.test(macro)
          ? // the negative of the upper end, until the number of steps is known
            [
              {
                slope: { from: 0, dB: dB(args[0]), step: -dB(args[1]) },
                mute: macro.endsWith('MUTE'),
              },
            ]
          : [scale(args, 0)]
      const slopes = parts.map(({ slope }) => slope)
      // of what is silent (TLV_DB_GAIN_MUTE) there are no dB
      const heard = slopes.filter((one) => Object.values(one).every(Number.isFinite))
      const silent = heard.length < slopes.length || parts[0]?.mute === true
      return heard.length === 0 ? [] : [[name!, { slopes: heard, mute: silent }] as const]
    }),
  )
}

/** Each name once, as ALSA has it. */
function uniqueNames(controls: readonly Control[]): Control[] {
  const first = new Map<string, Control>()
  for (const control of controls) {
    const name = control.kind === 'pattern' ? control.name : control.name.slice(0, LONGEST)
    if (!first.has(name)) first.set(name, renamed(control, name))
  }
  return [...first.values()]
}
