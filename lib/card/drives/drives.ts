import { execFile } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { HostError, messageOf, UserError } from '../../common/words/errors.ts'
import { driveOfDiskutil, namesOfDiskutil } from './diskutil.ts'
import type { Drive } from './drive.ts'
import { drivesOfLsblk, lsblkCommands } from './lsblk.ts'

/** Runs a command of the system and gives what it printed; fails as execFile does. */
export type Ask = (command: string, ...args: string[]) => Promise<string>

/** A reader without a card can keep lsblk waiting. */
const PATIENCE_MS = 30_000

const askSystem: Ask = async (command, ...args) =>
  (await promisify(execFile)(command, args, { timeout: PATIENCE_MS, maxBuffer: 1 << 26 })).stdout

/**
 * Every disk of this machine, those that must not be written to as well. HostError where it cannot
 * be asked.
 */
export async function listDrives(
  ask: Ask = askSystem,
  platform: string = process.platform,
): Promise<Drive[]> {
  try {
    return platform === 'darwin' ? await ofMacOS(ask) : await ofLinux(ask)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const tool = platform === 'darwin' ? 'diskutil' : 'lsblk'
    if (code === 'ENOENT')
      throw new HostError(
        `${tool} is missing, which lists the disks`,
        'sudo apt-get install util-linux',
      )
    throw new HostError(
      `${tool} could not say which disks there are (${messageOf(error).trim().split('\n').at(-1)})`,
      `see what it prints: ${tool}`,
    )
  }
}

async function ofLinux(ask: Ask): Promise<Drive[]> {
  const [now, before] = lsblkCommands
  const json = await ask(...now!).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    return ask(...before!)
  })
  const drives = drivesOfLsblk(json)
  for (const drive of drives) {
    const counted = `/sys/dev/block/${drive.number}/diskseq`
    if (existsSync(counted)) drive.sequence = readFileSync(counted, 'utf8').trim()
  }
  return drives
}

async function ofMacOS(ask: Ask): Promise<Drive[]> {
  // The SD slot of some Macs counts as internal: it is not in this list, and so never written to.
  const list = await ask('diskutil', 'list', '-plist', 'external', 'physical')
  return Promise.all(
    namesOfDiskutil(list).map(async (name) =>
      driveOfDiskutil(list, await ask('diskutil', 'info', '-plist', name)),
    ),
  )
}

/**
 * The disk, loop device or regular file at a path. UserError for what is none, or a part of one.
 */
export async function driveAt(
  given: string,
  list: () => Promise<Drive[]> = listDrives,
): Promise<Drive> {
  if (!existsSync(given)) {
    const more = given.startsWith('/dev/')
      ? './downbeat flash <image> lists the disks'
      : 'a file that stands for a card must be there already'
    throw new UserError(`${given}: there is no such disk (${more})`)
  }
  const path = realpathSync(given) // such as /dev/disk/by-id/…
  const found = statSync(path)
  if (found.isFile()) return regularFile(path)
  if (!found.isBlockDevice() && !found.isCharacterDevice())
    throw new UserError(`${given}: this is no disk`)
  const drives = await list()
  const whole = (drive: Drive): boolean =>
    drive.path === path || drive.path.replace('/rdisk', '/disk') === path
  const drive = drives.find(whole)
  if (drive) return drive
  const parent = drives.find(({ partitions }) => partitions.includes(path))
  if (parent)
    throw new UserError(`${given}: this is a part of a disk; name the whole: ${parent.path}`)
  throw new UserError(
    `${given}: this is no disk that could be written to (./downbeat flash <image> lists them)`,
  )
}

function regularFile(path: string): Drive {
  const { size, dev, ino, mode } = statSync(path)
  return {
    path,
    kind: 'file',
    model: 'file',
    serial: '',
    bytes: size,
    transport: '',
    removable: true,
    readOnly: (mode & 0o222) === 0,
    sector_bytes: 512,
    mounts: [],
    users: [],
    labels: [],
    partitions: [],
    number: `${dev}:${ino}`,
    unmount: '',
  }
}
