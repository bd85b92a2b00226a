import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { HostError, UserError } from '../../common/words/errors.ts'

/** How an image is packed: not at all, or by xz or zstd. */
export type Packing = 'raw' | 'xz' | 'zstd'

const magics: readonly (readonly [magic: string, packing: Packing | undefined, unpack: string])[] =
  [
    ['fd377a585a00', 'xz', 'unxz'],
    ['28b52ffd', 'zstd', 'unzstd'],
    ['1f8b', undefined, 'gunzip'],
    ['504b0304', undefined, 'unzip'],
    ['425a68', undefined, 'bunzip2'],
  ]

/**
 * What the first bytes of a file say; its name may say anything. UserError for what is packed
 * otherwise.
 */
export function packingOf(path: string): Packing {
  const first = Buffer.alloc(6)
  const file = openSync(path, 'r')
  try {
    readSync(file, first, 0, first.length, 0)
  } finally {
    closeSync(file)
  }
  const found = magics.find(([magic]) => first.toString('hex').startsWith(magic))
  if (!found) return 'raw'
  if (!found[1])
    throw new UserError(
      `${path}: it is packed in a way that is not read here; unpack it first: ${found[2]} ${path}`,
    )
  return found[1]
}

/** Bytes that the unpacked image has; undefined where the packing does not say. */
export async function unpackedSize(path: string, packing: Packing): Promise<number | undefined> {
  const [command, args, pattern] =
    packing === 'xz'
      ? (['xz', ['--robot', '--list', '--', path], /^totals\t\d+\t\d+\t\d+\t(\d+)\t/m] as const)
      : ([
          'zstd',
          ['--list', '--verbose', '--', path],
          /^Decompressed Size:.*\((\d+) B\)/m,
        ] as const)
  try {
    const { stdout } = await promisify(execFile)(command, args)
    const said = pattern.exec(stdout)?.[1]
    return said === undefined ? undefined : Number(said)
  } catch (error) {
    throw failed(path, command, error as NodeJS.ErrnoException & { stderr?: string })
  }
}

/** An image as it is unpacked. */
export interface Unpacking {
  /**
   * UserError when the file is damaged, HostError when the tool is missing, and the reason of
   * `signal` when that was given.
   */
  chunks: AsyncIterable<Buffer>
  stop: () => void
}

/**
 * The tools and not Node's own zstd: that one takes the end of the first frame for the end of the
 * file, and a file may have many (24.21, tried). They run on another core, too.
 */
export function unpack(path: string, packing: 'xz' | 'zstd', signal: AbortSignal): Unpacking {
  const file = openSync(path, 'r')
  const args =
    packing === 'xz'
      ? ['--decompress', '--stdout', '--threads=0']
      : ['--decompress', '--stdout', '--quiet', '--long=31']
  // a process group of its own, which Ctrl-C does not reach: what is said then is ours to say
  const child = spawn(packing, args, { stdio: [file, 'pipe', 'pipe'], detached: true })
  const [stdout, stderr] = [child.stdout!, child.stderr!]
  closeSync(file)
  let said = ''
  const ended = new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  )
  ended.catch(() => undefined) // whoever reads to the end hears of it
  stderr.on('data', (text: Buffer) => (said += text.toString()))
  const stop = (): void => {
    signal.removeEventListener('abort', stop)
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // already gone
    }
    stdout.destroy()
  }
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop() // that event was before
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* stdout as AsyncIterable<Buffer>
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
    signal.throwIfAborted()
    const status = await ended.catch((error: unknown) => {
      throw failed(path, packing, error as NodeJS.ErrnoException)
    })
    if (status !== 0) throw failed(path, packing, { stderr: said })
  }
  return { chunks: chunks(), stop }
}

function failed(path: string, command: string, error: { code?: unknown; stderr?: string }): Error {
  if (error.code === 'ENOENT')
    return new HostError(
      `${command} is missing, which unpacks ${path}`,
      `sudo apt-get install ${command === 'xz' ? 'xz-utils' : 'zstd'}`,
    )
  const said = (error.stderr ?? '')
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^(xz|zstd): /, '')
  return new UserError(
    `${path}: it is damaged, or not whole${said === '' ? '' : ` (${said})`}; get it again`,
  )
}
