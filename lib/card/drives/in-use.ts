import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { typedWord } from '../../common/quote.ts'
import { visible } from '../../common/words/visible.ts'
import { deviceOf, identityOf } from './identity.ts'

/** Something that uses a file or a device just now, and what ends that. */
export interface Holder {
  by: string
  mend: string
}

/** Who uses what, by its identity (identityOf). */
export type InUse = ReadonlyMap<string, readonly Holder[]>

/** Where the kernel tells it; tests have folders of their own. */
export interface Kernel {
  sys: string
  proc: string
}
const here: Kernel = { sys: '/sys', proc: '/proc' }

type Found = [identity: string | undefined, holder: Holder]

/**
 * What is behind loop devices, under swap, locked (as the disks of running machines are), or open
 * for writing in another process. An ordinary user is told of his own processes only.
 */
export function whatIsInUse(kernel: Kernel = here): InUse {
  const held = new Map<string, Holder[]>()
  const found = [...loops(kernel), ...swaps(kernel), ...writers(kernel), ...locks(kernel)]
  for (const [identity, holder] of found) {
    if (identity === undefined) continue
    held.set(identity, [...(held.get(identity) ?? []), holder])
  }
  return held
}

const loops = ({ sys }: Kernel): Found[] =>
  namesIn(join(sys, 'block'))
    .filter((name) => name.startsWith('loop'))
    .map((name) => [
      identityOf(textOf(join(sys, 'block', name, 'loop/backing_file')).replace(/\n$/, '')),
      { by: `/dev/${name} is made of it`, mend: `sudo losetup --detach /dev/${name}` },
    ])

const swaps = ({ proc }: Kernel): Found[] =>
  textOf(join(proc, 'swaps'))
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      // the kernel writes spaces and the like as three octal digits
      const path = line
        .split(/\s/)[0]!
        .replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8)),
        )
      return [
        identityOf(path),
        { by: 'this system swaps to it', mend: `sudo swapoff ${typedWord(path)}` },
      ]
    })

/** `1: OFDLCK ADVISORY  READ  -1 fe:00:131 100 100`: proc_locks(5), with numbers in hex. */
const locks = ({ proc }: Kernel): Found[] =>
  [
    ...textOf(join(proc, 'locks')).matchAll(
      / (?:READ|WRITE) +(\S+) ([0-9a-f]+):([0-9a-f]+):(\d+) /g,
    ),
  ].map(([, pid, major, minor, inode]) => [
    `file ${deviceOf(BigInt(`0x${major}`), BigInt(`0x${minor}`))}:${inode}`,
    {
      by: pid === '-1' ? 'a program has locked it' : `process ${pid} has locked it`,
      mend: 'end that program (such as a virtual machine)',
    },
  ])

/** What processes have open for writing. */
function* writers({ proc }: Kernel): Generator<Found> {
  for (const pid of namesIn(proc).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue
    const seen = new Set<string>()
    for (const fd of namesIn(join(proc, pid, 'fd'))) {
      const identity = identityOf(join(proc, pid, 'fd', fd))
      if (identity === undefined || seen.has(identity)) continue
      const flags = /^flags:\s*([0-7]+)/m.exec(textOf(join(proc, pid, 'fdinfo', fd)))?.[1] ?? '0'
      if ((Number.parseInt(flags, 8) & 3) === 0) continue // O_RDONLY, of O_ACCMODE
      seen.add(identity)
      const [command] = textOf(join(proc, pid, 'cmdline')).split('\0')
      yield [
        identity,
        {
          by: `${visible(basename(command!))} (process ${pid}) has it open for writing`,
          mend: 'end that program',
        },
      ]
    }
  }
}

/** Nothing where it cannot be read: a process that has ended, another system. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
