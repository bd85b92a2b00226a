import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { findMtools } from '../../scripts/ask/mtools.ts'

const SECTOR = 512
const MiB = 2 ** 20
export const START = MiB
/** With fewer clusters it would be no FAT32 (65525, fatgen103). */
const SECTORS = 34 * 2048
export const BYTES = 40 * MiB

/** An empty FAT32 (Microsoft's fatgen103), as small as one can be. */
function emptyFat(): Buffer {
  const fat = Buffer.alloc(SECTORS * SECTOR)
  const [reserved, tables, sectors] = [32, 2, (SECTORS * 4) / SECTOR] as const
  Buffer.from('eb58906d6b66732e666174', 'hex').copy(fat) // jump, and "mkfs.fat"
  fat.writeUInt16LE(SECTOR, 11)
  fat.writeUInt8(1, 13) // sectors of a cluster
  fat.writeUInt16LE(reserved, 14)
  fat.writeUInt8(tables, 16)
  fat.writeUInt8(0xf8, 21)
  fat.writeUInt32LE(SECTORS, 32)
  fat.writeUInt32LE(sectors, 36)
  fat.writeUInt32LE(2, 44) // the root folder
  fat.writeUInt16LE(1, 48) // FSINFO
  fat.write('\x29\x01\x02\x03\x04BOOTFS     FAT32   ', 66, 'latin1')
  fat.writeUInt16LE(0xaa55, 510)
  fat.write('RRaA', SECTOR)
  fat.write('rrAa\xff\xff\xff\xff\xff\xff\xff\xff', SECTOR + 484, 'latin1') // how much is free: unknown
  fat.writeUInt16LE(0xaa55, SECTOR + 510)
  for (let table = 0; table < tables; table++)
    for (const [i, entry] of [0x0ffffff8, 0x0fffffff, 0x0fffffff].entries())
      fat.writeUInt32LE(entry, (reserved + table * sectors) * SECTOR + 4 * i)
  return fat
}

/** Bytes that are nowhere the same, and always the same. */
const noise = (bytes: number, seed: string): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
      createHash('sha256').update(`${seed} ${i}`).digest(),
    ),
  ).subarray(0, bytes)

/** A small image with a boot partition that has settings in it, and other files. */
export async function smallImage(path: string): Promise<void> {
  const image = Buffer.alloc(BYTES)
  image.writeUInt8(0x0c, 450)
  image.writeUInt32LE(START / SECTOR, 454)
  image.writeUInt32LE(SECTORS, 458)
  image.writeUInt16LE(0xaa55, 510)
  emptyFat().copy(image, START)
  noise(2 * MiB, 'root').copy(image, START + SECTORS * SECTOR)
  writeFileSync(path, image)
  const mtools = await findMtools()
  const folder = `${path}.files`
  mkdirSync(folder)
  writeFileSync(join(folder, 'downbeat.toml'), settingsText({}, { hostname: 'downbeat' }))
  for (let i = 0; i < 30; i++)
    writeFileSync(join(folder, `overlay-${i}.dtbo`), noise(700 + i, `${i}`))
  for (const name of readdirSync(folder))
    await mtools('mcopy', '-i', `${path}@@${START}`, join(folder, name), '::')
  rmSync(folder, { recursive: true })
}

/** Every file of the boot partition, by its name. */
export async function filesOf(image: string): Promise<Record<string, string>> {
  const folder = `${image}.seen`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  try {
    await (
      await findMtools()
    )('mcopy', '-s', '-n', '-i', `${image}@@${START}`, '::*', folder)
    return Object.fromEntries(
      readdirSync(folder)
        .sort()
        .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const sha256 = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')
