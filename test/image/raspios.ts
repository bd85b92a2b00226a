import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../scripts/session/session.ts'
import { builtRecord, root, startDownbeat } from '../downbeat.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'

// Images that are made of the stand-in of Raspberry Pi OS, and what is in them.

/**
 * Runs ./downbeat of a copy of this repository to its end, with the stand-in's servers in the place
 * of Raspberry Pi's.
 */
export async function against(
  pi: RaspberryPi,
  repository: string,
  args: string[],
): Promise<{ status: number | null; said: string }> {
  const { said, ended } = startDownbeat(
    args,
    join(root, 'out'),
    { DOWNBEAT_CACHE: cacheFolder(), ...pi.env },
    repository,
  )
  return { status: await ended, said: said() }
}

export const image = (name: string): string => join(root, 'out/images', name, `${name}.img`)

/** A program of the toolbox, run from outside. */
export function tool(name: string, ...argv: string[]): string {
  const toolbox = join(
    cacheFolder(),
    `toolbox-${builtRecord().stages['toolbox']!.key.slice(0, 16)}`,
    'root',
  )
  const [loader] = globSync(join(toolbox, 'usr/lib/*-linux-gnu/ld-linux*'))
  const [program] = globSync(join(toolbox, 'usr/{bin,sbin}', name))
  return spawnSync(loader!, ['--library-path', join(loader!, '..'), program!, ...argv], {
    encoding: 'utf8',
    env: { MTOOLS_SKIP_CHECK: '1' },
  }).stdout
}

const offset = (16384 + 256 * 2048) * 512
/** What debugfs says of the root of an image. */
export const inRoot = (name: string, request: string): string =>
  tool('debugfs', '-R', request, `${image(name)}?offset=${offset}`)
/** A file of the boot partition of an image. */
export const onFat = (name: string, file: string): string =>
  tool('mtype', '-i', `${image(name)}@@${16384 * 512}`, `::${file}`)
