import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Drive } from '../../lib/card/drives/drive.ts'
import type { Target } from '../../lib/card/flash/target.ts'
import { temporaryFolder } from './fixtures.ts'

export const MiB = 2 ** 20

/** A card in a USB reader on which nothing is mounted, with what is to be different. */
export const card = (different: Partial<Drive> = {}): Drive => ({
  path: '/dev/sdb',
  kind: 'disk',
  model: 'SD Transcend',
  serial: '000000000039',
  bytes: 64_000_000_000,
  transport: 'usb',
  removable: true,
  readOnly: false,
  sector_bytes: 512,
  mounts: [],
  users: [],
  labels: [],
  partitions: [],
  number: '8:16',
  contents: [],
  numbers: [],
  names: 1,
  holders: [],
  ...different,
})

/** Bytes that are nowhere the same, and always the same. */
export function noise(bytes: number, seed = 1): Buffer {
  const data = Buffer.alloc(bytes)
  let state = seed
  for (let i = 0; i + 4 <= bytes; i += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data.writeUInt32LE(state, i)
  }
  return data
}

/**
 * The bytes of a disk image: an MBR's signature, data in its first MiB and behind it, and MiBs of
 * zeros between.
 */
export function imageBytes(mebibytes = 12): Buffer {
  const data = Buffer.alloc(mebibytes * MiB)
  noise(8192, 3).copy(data)
  data.writeUInt16LE(0xaa55, 510)
  noise(3 * MiB + 512, 5).copy(data, 2 * MiB)
  noise(4096, 7).copy(data, data.length - 4096)
  return data
}

export const sha256 = (data: Buffer | string): string =>
  createHash('sha256').update(data).digest('hex')

/** A map in the form of bmap-tools, with these ranges of blocks. */
export function bmapText(
  image: Buffer,
  ranges: readonly (readonly [first: number, last: number])[],
  edit = (text: string) => text,
): string {
  const lines = ranges.map(([first, last]) => {
    const sum = sha256(image.subarray(first * 4096, (last + 1) * 4096))
    return `        <Range chksum="${sum}"> ${first === last ? first : `${first}-${last}`} </Range>`
  })
  const mapped = ranges.reduce((count, [first, last]) => count + last - first + 1, 0)
  const text = edit(`<?xml version="1.0" ?>
<!-- This file contains the block map for an image file: <MappedBlocksCount> blocks instead of <BlocksCount> blocks. -->

<bmap version="2.0">
    <!-- Image size in bytes: ${image.length / MiB}.0 MiB -->
    <ImageSize> ${image.length} </ImageSize>
    <BlockSize> 4096 </BlockSize>
    <BlocksCount> ${Math.ceil(image.length / 4096)} </BlocksCount>
    <MappedBlocksCount> ${mapped}  </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> ${'0'.repeat(64)} </BmapFileChecksum>
    <BlockMap>
${lines.join('\n')}
    </BlockMap>
</bmap>
`)
  return text.replace(` ${'0'.repeat(64)} `, ` ${sha256(text)} `)
}

/** Files in a folder of the test's own: name: bytes. Gives the folder. */
export function folderOf(files: Record<string, Buffer | string>): string {
  const folder = temporaryFolder()
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data)
  return folder
}

/** Programs that are found before those of the system. */
export function inPath(programs: Record<string, string>): Record<string, string> {
  const folder = folderOf(
    Object.fromEntries(
      Object.entries(programs).map(([name, body]) => [name, `#!/bin/sh\n${body}\n`]),
    ),
  )
  for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755)
  return { PATH: `${folder}:${process.env['PATH']}` }
}

/** A file of so many bytes without anything in it. */
export function emptyFile(path: string, bytes: number): string {
  writeFileSync(path, '')
  truncateSync(path, bytes)
  return path
}

/** A target in memory that was full of old data, and what was asked of it. */
export function memoryTarget(bytes: number): Target & { data: Buffer; asked: string[] } {
  const data = Buffer.alloc(bytes, 0xee)
  const asked: string[] = []
  return {
    data,
    asked,
    bytes,
    number: '8:16',
    async write(piece, start) {
      asked.push(`write ${start} ${piece.length}`)
      return piece.copy(data, start)
    },
    async read(into, start) {
      asked.push(`read ${start} ${into.length}`)
      return data.copy(into, 0, start, start + into.length)
    },
    async sync() {
      asked.push('sync')
    },
    async close() {
      asked.push('close')
    },
  }
}

/** An error of the system. */
export const systemError = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: it failed`), { code })

/**
 * A loop device on a file for as long as the test runs; on a machine without them, or for an
 * ordinary user, the file itself: what the tests say holds for both.
 */
export function loopDevice(file: string, { readOnly = false } = {}): string {
  if (readOnly) chmodSync(file, 0o444)
  if (!existsSync('/dev/loop-control') || process.getuid?.() !== 0) return file
  const { status, stdout, stderr } = spawnSync(
    'losetup',
    ['--find', '--show', ...(readOnly ? ['--read-only'] : []), file],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`losetup: ${stderr}`)
  const device = stdout.trim()
  onTestFinished(() => void spawnSync('losetup', ['--detach', device]))
  return device
}
