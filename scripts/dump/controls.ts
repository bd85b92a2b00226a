import type { Line } from './read.ts'

/** A control of a mixer as it was when the dump was made. */
export interface DumpedControl {
  name: string
  /** what it is set to */
  values: string
  /** `0 to 255`, or the words that it knows */
  range?: string
  /** `-103.5 dB to 24 dB`, where it knows them */
  dB?: string
}

/**
 * What `amixer contents` prints (alsa-utils, amixer/amixer.c): a line that begins with numid= for
 * each control, then its type, its values and its dB. Those that can be set, of the mixer alone.
 */
export function dumpedControls(lines: readonly Line[]): DumpedControl[] {
  const blocks: string[][] = []
  for (const { text } of lines)
    if (text.startsWith('numid=')) blocks.push([text])
    else blocks.at(-1)?.push(text)
  return blocks.flatMap(([head, ...below]) => {
    const [, name, index] = /^numid=\d+,iface=MIXER,name='(.*)'(?:,index=(\d+))?$/.exec(head!) ?? []
    const about = below.find((line) => line.startsWith('  ; type='))
    const values = below.find((line) => line.startsWith('  : values='))
    if (name === undefined || about === undefined || values === undefined) return []
    const [, type, access] = /type=(\w+),access=([\w-]+)/.exec(about) ?? []
    if (access?.[1] !== 'w' || !['BOOLEAN', 'INTEGER', 'ENUMERATED'].includes(type ?? '')) return []
    return [
      {
        name: index === undefined ? name : `${name},${index}`,
        values: values.slice('  : values='.length),
        ...rangeOf(about, below),
        ...decibelsOf(about, below),
      },
    ]
  })
}

/** What it can be set to. */
function rangeOf(about: string, below: readonly string[]): { range?: string } {
  const [, min, max] = /,min=(-?\d+),max=(-?\d+)/.exec(about) ?? []
  if (min !== undefined) return { range: `${min} to ${max}` }
  const items = below.flatMap((line) => /^ {2}; Item #\d+ '(.*)'$/.exec(line)?.[1] ?? [])
  return items.length === 0 ? {} : { range: items.map((item, i) => `${i} ${item}`).join(', ') }
}

/** The dB of its ends: of the first form, `dBscale-min=-103.50dB,step=0.50dB`, or of the second. */
function decibelsOf(about: string, below: readonly string[]): { dB?: string } {
  const line = below.find((one) => one.startsWith('  | dB')) ?? ''
  const [, least, step] = /dBscale-min=(-?[\d.]+)dB,step=([\d.]+)dB/.exec(line) ?? []
  const [, min, max] = /,min=(-?\d+),max=(-?\d+)/.exec(about) ?? []
  if (least !== undefined && min !== undefined) {
    const most = Number(least) + Number(step) * (Number(max) - Number(min))
    return { dB: `${Number(least)} dB to ${Math.round(most * 100) / 100} dB` }
  }
  const [, from, to] = /dBminmax(?:mute)?-min=(-?[\d.]+)dB,max=(-?[\d.]+)dB/.exec(line) ?? []
  return from === undefined ? {} : { dB: `${Number(from)} dB to ${Number(to)} dB` }
}
