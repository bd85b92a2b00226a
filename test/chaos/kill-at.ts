import child_process from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { promisify } from 'node:util'

// Loaded into ./downbeat before all else (NODE_OPTIONS=--import=…): counts what it does to files and
// which programs it starts, and kills its process group at one of these. So a moment is told by what
// is done, not by the clock. Of a write a part may be done.

const at = Number(process.env['DOWNBEAT_CHAOS_AT']) // 0: at none; all of them are written down
const part = Number(process.env['DOWNBEAT_CHAOS_PART']) // of a write, 0 to 1
const log = fs.openSync(process.env['DOWNBEAT_CHAOS_LOG']!, 'a')
// no program that this one starts is meant
for (const name of [
  'NODE_OPTIONS',
  'DOWNBEAT_CHAOS_AT',
  'DOWNBEAT_CHAOS_PART',
  'DOWNBEAT_CHAOS_LOG',
])
  delete process.env[name]

const { readlinkSync, writeSync } = fs
const SECTOR = 512
let seen = 0

type Call = (this: unknown, ...args: unknown[]) => unknown

function event(name: string, that: unknown, args: readonly unknown[]): void {
  if (name.startsWith('open') && (args[1] === undefined || args[1] === 'r')) return // reads only
  seen++
  if (at > 0 && seen !== at) return
  const [first] = args
  writeSync(log, `${name}${subject(name, that, first)}\n`)
  if (at === 0) return
  if (name === 'file.write' && Buffer.isBuffer(first)) writePart(that as { fd: number }, args)
  process.kill(0, 'SIGKILL')
}

/** Of a file or a program the name, without numbers that differ each time. */
function subject(name: string, that: unknown, first: unknown): string {
  const path = name.startsWith('file.')
    ? readlinkSync(`/proc/self/fd/${(that as { fd: number }).fd}`)
    : first
  if (typeof path !== 'string') return ''
  if (path.endsWith(' (deleted)')) return ' of a file without a name'
  return ` ${basename(path.split(/\s/)[0]!).replaceAll(/\d[\dT-]+/g, 'N')}`
}

function writePart({ fd }: { fd: number }, args: readonly unknown[]): void {
  const [data, from = 0, length = 0, position] = args as [Buffer, number?, number?, number?]
  const some = Math.floor((length * part) / SECTOR) * SECTOR // O_DIRECT takes whole sectors only
  if (some > 0) writeSync(fd, data, from, some, position)
}

function watch(holder: object, names: readonly string[], prefix: string): void {
  for (const name of names) {
    const original = (holder as Record<string, unknown>)[name] as
      | (Call & Partial<Record<symbol, Call>>)
      | undefined
    if (original === undefined) continue
    const counted = (call: Call): Call =>
      function (...args) {
        event(`${prefix}${name}`, this, args)
        return call.apply(this, args)
      }
    const watched = counted(original)
    // what promisify makes of it is a function of its own
    const promised = original[promisify.custom]
    if (promised) Object.defineProperty(watched, promisify.custom, { value: counted(promised) })
    Object.defineProperty(holder, name, { value: watched, configurable: true, writable: true })
  }
}

const changes = [
  'open',
  'writeFile',
  'appendFile',
  'rename',
  'rm',
  'unlink',
  'mkdir',
  'mkdtemp',
  'symlink',
  'link',
  'chmod',
  'utimes',
  'copyFile',
  'cp',
  'truncate',
]
const handle = await fs.promises.open('/dev/null')
const ofFiles = Object.getPrototypeOf(handle) as object
await handle.close()
watch(ofFiles, ['read', 'write', 'writeFile', 'truncate', 'sync', 'close'], 'file.')
watch(fs.promises, changes, '')
watch(
  fs,
  changes.map((name) => `${name}Sync`),
  '',
)
watch(child_process, ['spawn', 'spawnSync', 'execFile', 'execFileSync'], '')
syncBuiltinESMExports()
