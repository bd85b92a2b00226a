import { UserError } from '../../common/words/errors.ts'
import type { Settled } from '../choices/settle.ts'
import type { SourcedLine } from '../plan.ts'
import type { BoardLine } from './loaded.ts'

/** What an image says itself, or it would not start: the key, and what says it instead. */
const OURS = {
  config_txt: {
    kernel: 'kernel.source',
    arm_64bit: 'base and kernel.source',
    initramfs: 'kernel.source',
    auto_initramfs: 'kernel.source',
    upstream_kernel: 'kernel.source',
    os_prefix: 'kernel.source',
    cmdline: 'cmdline',
    include: 'config_txt, a line each',
    ramfsfile: 'kernel.source',
    ramfsaddr: 'kernel.source',
    device_tree: 'board',
    start_file: 'board',
    fixup_file: 'board',
  },
  cmdline: {
    root: 'root',
    rootfstype: 'root',
    rootwait: 'root',
    init: 'tunings',
    rdinit: 'tunings',
    ro: 'tunings',
    rw: 'tunings',
    '--': 'tunings',
    'systemd.unit': 'tunings',
  },
} as const

/**
 * Lines of one's own that would undo what the image says itself. Throws UserError with all of them:
 * what the image cannot start without, and what a tuning in force says otherwise.
 */
export function refuseOwnLines(
  { choices: { value, at } }: Settled,
  config: readonly BoardLine[],
  cmdline: readonly SourcedLine[],
): void {
  const said = { config_txt: config, cmdline }
  const mistakes = (['config_txt', 'cmdline'] as const).flatMap((kind) =>
    value[kind].flatMap((line, i) => {
      const place = `${at([kind, i])} ${kind}`
      const key = keyOf(line)
      if (kind === 'config_txt' && line.startsWith('[') && !/^\[[\w=:-]+\]$/.test(line))
        return [`${place}: ${line}: expected a filter such as [pi4], with both brackets`]
      const instead: string | undefined = Object.hasOwn(OURS[kind], key)
        ? (OURS[kind] as Record<string, string>)[key]
        : undefined
      if (instead !== undefined)
        return [`${place}: the image says ${key} itself: choose it by ${instead}`]
      const other = said[kind].find(({ text }) => keyOf(text) === key && text !== line)
      return other === undefined || MANY.test(key)
        ? []
        : [`${place}: ${line}: ${other.by} says ${other.text}: ${cure(other.by)}`]
    }),
  )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
}

/** What may be said several times. */
const MANY = /^(dtoverlay|console|gpio|\[|#)/

const cure = (by: string): string =>
  by.includes('/') ? 'leave out your line' : `leave out your line, or say --set tunings.${by}=off`

/** What a line is about: `dtparam=spi` of `dtparam=spi=on`, and `quiet` of `quiet`. */
function keyOf(line: string): string {
  const [, key, parameter] = /^([^\s=]*)[\s=]*(\w*)/.exec(line)!
  // the firmware takes its names in any letters
  const name = key!.toLowerCase()
  return name === 'dtparam' ? `${name}=${parameter}` : name
}
