import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { HostError, messageOf, UserError } from '../../common/words/errors.ts'
import { visible } from '../../common/words/visible.ts'
import { askSystem } from './ask.ts'
import type { Ask } from './ask.ts'
import type { Drive } from './drive.ts'
import { regularFile } from './file.ts'
import { whatIsInUse } from './in-use.ts'
import type { InUse } from './in-use.ts'
import { drivesOfLsblk, lsblkCommands } from './lsblk.ts'
import { signaturesOn } from './signatures.ts'

/**
 * Every disk of this machine, those that must not be written to as well. HostError where it cannot
 * be asked.
 */
export async function listDrives(
  ask: Ask = askSystem,
  platform: string = process.platform,
): Promise<Drive[]> {
  if (platform !== 'linux')
    throw new HostError(
      'disks are written to on Linux only',
      'take Raspberry Pi Imager here: "Use custom", and the .img or .img.xz file (docs/flashing.md)',
    )
  try {
    return await ofLinux(ask)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new HostError(
        'lsblk is missing, which lists the disks',
        'sudo apt-get install util-linux',
      )
    throw new HostError(
      `lsblk could not say which disks there are (${messageOf(error).trim().split('\n').at(-1)})`,
      'see what it prints: lsblk',
    )
  }
}

async function ofLinux(ask: Ask): Promise<Drive[]> {
  const [now, before] = lsblkCommands
  const json = await ask(...now!).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    return ask(...before!)
  })
  const inUse = whatIsInUse()
  const drives = drivesOfLsblk(json)
  for (const drive of drives) {
    const { kind, path, number, numbers } = drive
    const told = (file: string): string | undefined => {
      const at = `/sys/dev/block/${number}/${file}`
      return existsSync(at) ? readFileSync(at, 'utf8').replace(/\n$/, '') : undefined
    }
    const sequence = told('diskseq')
    const backing = kind === 'loop' ? told('loop/backing_file') : undefined
    drive.holders = [number, ...numbers].flatMap((one) => inUse.get(`device ${one}`) ?? [])
    if (sequence !== undefined) drive.sequence = sequence
    if (backing !== undefined) drive.behind = behind(backing, path, inUse)
  }
  return drives
}

/** The file that a loop device is made of. */
function behind(path: string, loop: string, inUse: InUse): NonNullable<Drive['behind']> {
  if (!existsSync(path) || !statSync(path).isFile()) return { path }
  const file = regularFile(path, inUse)
  file.holders = file.holders.filter(({ mend }) => !mend.endsWith(` ${loop}`))
  return { path, file }
}

/**
 * The disk, loop device or regular file at a path. UserError for what is none, or a part of one.
 */
export async function driveAt(
  given: string,
  list: () => Promise<Drive[]> = listDrives,
  ask: Ask = askSystem,
): Promise<Drive> {
  const told = visible(given) // a line end in a name is no line of the message
  if (!existsSync(given)) {
    const more = given.startsWith('/dev/')
      ? './downbeat flash <image> lists the disks'
      : 'a file that stands for a card must be there already'
    throw new UserError(`${told}: there is no such disk (${more})`)
  }
  const path = realpathSync(given) // such as /dev/disk/by-id/…
  const found = statSync(path)
  if (found.isFile()) return withSignatures(regularFile(path), ask)
  if (!found.isBlockDevice() && !found.isCharacterDevice())
    throw new UserError(`${told}: this is no disk`)
  const drives = await list()
  const drive = drives.find((one) => one.path === path)
  if (drive) return withSignatures(drive, ask)
  const parent = drives.find(({ partitions }) => partitions.includes(path))
  if (parent)
    throw new UserError(`${told}: this is a part of a disk; name the whole: ${parent.path}`)
  throw new UserError(
    `${told}: this is no disk that could be written to (./downbeat flash <image> lists them)`,
  )
}

async function withSignatures(drive: Drive, ask: Ask): Promise<Drive> {
  const { contents } = drive
  const more = (await signaturesOn(drive, ask)).filter(
    (found) => !contents.some(({ device, type }) => device === found.device && type === found.type),
  )
  return { ...drive, contents: [...contents, ...more] }
}
