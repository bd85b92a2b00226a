import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildRecord } from '../lib/publish.ts'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
export const enter = join(root, 'lib/sandbox/enter.sh')

export interface Said {
  status: number | null
  out: string
  err: string
}

/** Runs ./downbeat to its end; `around` is a command that it is run by. */
export function downbeat(
  args: string[],
  options: { out?: string; around?: string[]; cwd?: string; env?: Record<string, string> } = {},
): Said {
  const argv = [...(options.around ?? []), join(root, 'downbeat'), ...args]
  const env = { ...process.env, ...(options.out === undefined ? {} : { DOWNBEAT_OUT: options.out }), ...options.env }
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8', env, maxBuffer: 1 << 26, cwd: options.cwd })
  return { status, out: stdout, err: stderr }
}

export interface Started {
  child: ChildProcess
  /** all that it has said so far */
  said: () => string
  ended: Promise<number | null>
}

/** Starts ./downbeat in a process group of its own; `repository`: a copy of this one. */
export function startDownbeat(args: string[], out: string, env: Record<string, string> = {}, repository = root): Started {
  const child = spawn(join(repository, 'downbeat'), args, {
    detached: true,
    env: { ...process.env, DOWNBEAT_OUT: out, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, said: () => text, ended: new Promise((done) => child.once('exit', (code) => done(code))) }
}

/** A copy of this repository, in a folder that is there. What it builds is the same, and so are the keys. */
export function copyRepository(folder: string): void {
  const linked = new Set(['.git', 'out', 'node_modules'])
  for (const name of readdirSync(root)) if (!linked.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/** The record of the image that `./downbeat build --boot` made of image.yaml. */
export const builtRecord = (out = join(root, 'out')): BuildRecord =>
  JSON.parse(readFileSync(join(out, 'images/downbeat/build.json'), 'utf8')) as BuildRecord
