import { typedWord } from '../../common/quote.ts'
import { visible } from '../../common/words/visible.ts'
import type { Drive } from './drive.ts'
import type { Origin } from './identity.ts'
import { sizeInWords, systemMounts } from './drive.ts'
import { closing, volumes } from './volumes.ts'

/** What is to be written, and what was allowed. */
export interface Question {
  /** of the image; undefined where its compression does not say */
  bytes?: number | undefined
  /** the files that are read: the image, and its map */
  from?: readonly Origin[]
  /** --large */
  large: boolean
}

/**
 * One reason not to write to a disk: `holds` is what is true of a disk that passes, `refuse` says
 * what is wrong and what to do.
 */
interface Rule {
  holds: string
  refuse: (drive: Drive, question: Question) => string | undefined
}

/**
 * No card is larger than that (2026): more is somebody's disk of data, unless he says otherwise.
 * Most of those are USB, too.
 */
const LARGE = 256 * 2 ** 30
/** What an MBR can describe. */
const LARGEST = 2 * 2 ** 40

const ofDisks =
  (rule: Rule['refuse']): Rule['refuse'] =>
  (drive, question) =>
    drive.kind === 'disk' ? rule(drive, question) : undefined

/** In the order in which they are asked: the first that refuses is the one that is told. */
const rules: readonly Rule[] = [
  {
    holds: 'it is a disk that an image can be on',
    refuse: ({ kind }) =>
      kind === 'none' ? 'it is no disk that a Raspberry Pi could start from' : undefined,
  },
  {
    holds: 'there is a medium in it',
    refuse: ({ bytes, kind }) =>
      bytes === 0 ? (kind === 'file' ? 'it is empty' : 'there is no card in it') : undefined,
  },
  {
    holds: 'this system does not run from it',
    refuse: (drive) => {
      const found = systemMounts(drive)
      return found.length > 0
        ? `this system itself runs from it (${[...new Set(found)].join(', ')})`
        : undefined
    },
  },
  {
    holds: 'the image is neither it nor on it',
    refuse: ({ kind, number, numbers, behind }, { from = [] }) => {
      const is = (it: string | undefined): boolean => from.some(({ file }) => file === it)
      if (kind === 'file' && is(number)) return 'this is the image itself: name another file'
      if (is(behind?.file?.number))
        return `it is made of the image itself (${visible(behind!.path)}): name another disk`
      return kind !== 'file' && from.some(({ device }) => [number, ...numbers].includes(device))
        ? 'the image itself lies on it: copy the image to another disk first'
        : undefined
    },
  },
  {
    holds: 'it is known what it is made of',
    refuse: ({ kind, path, behind }) =>
      kind === 'loop' && behind?.file === undefined
        ? `it is made of ${visible(behind?.path ?? 'nothing')}, which is no file that can be looked at: name that, or: sudo losetup --detach ${path}`
        : undefined,
  },
  {
    holds: 'nothing of it is mounted',
    refuse: ({ mounts }) =>
      mounts.length > 0
        ? `it is mounted (${mounts.map(({ at }) => visible(at)).join(', ')}): sudo umount ${typed(mounts)}`
        : undefined,
  },
  {
    holds: 'no volume lies on it',
    refuse: ({ users }) =>
      users.length > 0
        ? `it is part of a larger volume (${users.map(({ device, type }) => `${type} ${device}`).join(', ')}): ${closing(users)}`
        : undefined,
  },
  {
    holds: 'no other program uses it',
    refuse: ({ holders, behind }) => {
      const all = [...holders, ...(behind?.file?.holders ?? [])]
      return all.length > 0
        ? `it is in use (${all.map(({ by }) => by).join(', ')}): ${[...new Set(all.map(({ mend }) => mend))].join('; ')}`
        : undefined
    },
  },
  {
    holds: 'it has no second name',
    refuse: ({ names, behind }) => {
      const more = (behind?.file?.names ?? names) - 1
      return more > 0
        ? `it has ${more} more ${more === 1 ? 'name' : 'names'} (hard links), and all of them would be written to: name a copy of it`
        : undefined
    },
  },
  {
    holds: 'no part of it is locked, or belongs to a larger volume',
    refuse: ({ contents }) => {
      const found = contents.flatMap(({ device, type }) => {
        const what = volumes.find(([pattern]) => pattern.test(type))?.[1]
        return what === undefined ? [] : [{ device, told: `${device}: ${what} (${type})` }]
      })
      return found.length > 0
        ? `it holds what may be somebody's data (${found.map(({ told }) => told).join(', ')}): if nobody needs it any more, sudo wipefs --all ${typed(found)}`
        : undefined
    },
  },
  {
    holds: 'it is a card, or on USB',
    refuse: ofDisks(({ removable, path, transport }) =>
      !removable || path.includes('/nvme')
        ? `it is built in, or on a port for disks (${transport === '' ? 'not removable' : transport}): only cards and USB disks are written to`
        : undefined,
    ),
  },
  {
    holds: 'it can be written to',
    refuse: ({ readOnly, kind }) =>
      readOnly
        ? `it is read-only: ${kind === 'disk' ? 'slide the lock on the card or its adapter, and put it in again' : 'see who may write to it'}`
        : undefined,
  },
  {
    holds: 'it counts in sectors of 512 bytes, as the image does',
    refuse: ({ sector_bytes }) =>
      sector_bytes === 512
        ? undefined
        : `its sectors have ${sector_bytes} bytes, but the image needs sectors of 512 bytes`,
  },
  {
    holds: 'the image fits on it',
    refuse: (drive, { bytes = 0 }) =>
      bytes > drive.bytes
        ? `it is too small: it has ${exact(drive.bytes)}, and the image ${exact(bytes)}`
        : undefined,
  },
  {
    holds: 'it is no larger than 2 TiB',
    refuse: ({ bytes }) =>
      bytes > LARGEST
        ? `it has ${sizeInWords(bytes)}: an MBR can describe 2 TiB at most`
        : undefined,
  },
  {
    holds: 'it is no larger than 256 GiB, or --large was said',
    refuse: ({ bytes }, { large }) =>
      bytes > LARGE && !large
        ? `it has ${sizeInWords(bytes)}, more than most cards: add --large if it is the right one`
        : undefined,
  },
]

/** Devices, each once, as they are typed. */
const typed = (list: readonly { device: string }[]): string =>
  [...new Set(list.map(({ device }) => typedWord(device)))].join(' ')

const exact = (bytes: number): string => `${sizeInWords(bytes)} (${bytes} bytes)`

/** Every rule and what it says of this disk: the decision table of --dry-run. */
export const decide = (
  drive: Drive,
  question: Question,
): { holds: string; refusal: string | undefined }[] =>
  rules.map(({ holds, refuse }) => ({ holds, refusal: refuse(drive, question) }))

/** Why a disk must not be written to; undefined: it may. */
export const refusalOf = (drive: Drive, question: Question): string | undefined =>
  decide(drive, question).find(({ refusal }) => refusal !== undefined)?.refusal
