import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildRecord } from '../scripts/publish/publish.ts'
import { cacheFolder } from '../scripts/session/session.ts'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
/** Makes a test root of a machine of its own; see there. */
export const machine = join(root, 'test/stand-in/machine.sh')

/**
 * The environment of a build that has everything in one folder: its results, and a cache of its own
 * in `cache/`.
 */
const allIn = (folder: string): Record<string, string> => ({
  DOWNBEAT_OUT: folder,
  DOWNBEAT_CACHE: join(folder, 'cache'),
})

/**
 * An empty folder to which the user's cache can be linked: where temporary files lie, or beside the
 * cache if that is another disk.
 */
export function folderForLinks(prefix: string): string {
  const cache = cacheFolder()
  return mkdtempSync(
    join(statSync(cache).dev === statSync(tmpdir()).dev ? tmpdir() : dirname(cache), prefix),
  )
}

export interface Said {
  status: number | null
  out: string
  err: string
}

/**
 * Runs ./downbeat to its end; `out` is a folder for all that it makes, and `around` a command that
 * it is run by.
 */
export function downbeat(
  args: string[],
  options: { out?: string; around?: string[]; cwd?: string; env?: Record<string, string> } = {},
): Said {
  const argv = [...(options.around ?? []), join(root, 'downbeat'), ...args]
  const env = {
    ...process.env,
    ...(options.out === undefined ? {} : allIn(options.out)),
    ...options.env,
  }
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 26,
    cwd: options.cwd,
  })
  return { status, out: stdout, err: stderr }
}

export interface Started {
  child: ChildProcess
  /** all that it has said so far */
  said: () => string
  ended: Promise<number | null>
}

/**
 * Starts ./downbeat in a process group of its own, with all that it makes in `out`; `repository`: a
 * copy of this one.
 */
export function startDownbeat(
  args: string[],
  out: string,
  env: Record<string, string> = {},
  repository = root,
): Started {
  const child = spawn(join(repository, 'downbeat'), args, {
    detached: true,
    env: { ...process.env, ...allIn(out), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return {
    child,
    said: () => text,
    ended: new Promise((done) => child.once('exit', (code) => done(code))),
  }
}

/**
 * A copy of this repository, in a folder that is there. What it builds is the same, and so are the
 * keys.
 */
export function copyRepository(folder: string): void {
  const linked = new Set(['.git', 'out', 'node_modules'])
  for (const name of readdirSync(root))
    if (!linked.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/** The record of the image that `./downbeat build --boot` made of image.yaml. */
export const builtRecord = (out = join(root, 'out')): BuildRecord =>
  JSON.parse(readFileSync(join(out, 'images/downbeat/build.json'), 'utf8')) as BuildRecord
