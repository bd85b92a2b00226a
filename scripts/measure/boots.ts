import type { BootCost } from '../../lib/prove/cost/boot-cost.ts'
import type { Cost } from '../../stages/cost.ts'
import { columns } from './columns.ts'

/** An image, and what its boots cost; undefined: none of its boards can be started with a card. */
export interface Booted {
  name: string
  boots?: Cost | undefined
}

/** The table of boots; nothing where no image was booted. */
export function bootsInWords(images: readonly Booted[]): string[] {
  const booted = images.flatMap(({ name, boots }) =>
    boots === undefined ? [] : [{ name, cost: boots }],
  )
  if (booted.length === 0) return []
  return [
    '',
    'What a boot takes, in ms since the kernel began: until JACK takes programs, and until nothing more is to',
    'be started; and what is there then. The machine takes 1 ns for each instruction (1000 MIPS).',
    '',
    ...columns([
      ['', 'JACK', 'end', 'processes', 'memory'],
      ...booted.flatMap(({ name, cost }) => [
        row(`${name} on ${cost.machine}, first boot`, cost.first),
        row(`${name} on ${cost.machine}, later boot`, cost.later),
      ]),
    ]),
  ]
}

const row = (what: string, boot: BootCost): string[] => [
  what,
  boot.jack_ms === undefined ? '-' : String(boot.jack_ms),
  String(boot.end_ms),
  String(boot.processes),
  `${Math.round(boot.memory_kib / 1024)} MiB`,
]
