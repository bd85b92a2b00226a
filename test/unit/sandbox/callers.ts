import { spawnSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountOf } from '../../../lib/engine/cache/mounts.ts'
import { sandboxed } from '../../../lib/engine/sandbox/sandbox.ts'
import { repository, temporaryFolder } from '../fixtures.ts'

/** Of the user that test/stand-in/user.sh makes. */
const MADE_ID = 61_234

/** Somebody who starts a sandbox. */
export interface Caller {
  name: string
  uid: number
  /** words in front of what he runs */
  around: readonly string[]
  /** root of a container: root in the sandbox has the same ids */
  contained?: true
}

const uid = process.getuid!()
const inPath = (program: string): boolean =>
  ['/usr/bin', '/bin', '/usr/sbin'].some((folder) => existsSync(join(folder, program)))

/** Root of the machine itself, and not of a container. */
export const isRealRoot =
  uid === 0 && /^\s*0\s+0\s+4294967295$/m.test(readFileSync('/proc/self/uid_map', 'utf8'))

/** Whether temporary files lie where owners can be mapped; otherwise root keeps its ids. */
export const mapsOwners =
  mountOf(realpathSync(tmpdir()), readFileSync('/proc/self/mountinfo', 'utf8'))?.type !== 'overlay'

/** Whoever runs this test; where that is root and can be one, an ordinary user, too. */
export const callers: readonly Caller[] = [
  { name: uid === 0 ? 'root' : 'an ordinary user', uid, around: [] },
  ...(isRealRoot && inPath('newuidmap')
    ? [
        {
          name: 'an ordinary user',
          uid: MADE_ID,
          around: ['bash', join(repository, 'test/stand-in/user.sh')],
        },
      ]
    : []),
  // Docker and podman take this from their root. Only user namespaces can be made without it.
  ...(isRealRoot
    ? [
        {
          name: 'root of a container',
          uid,
          around: ['setpriv', '--bounding-set=-sys_admin'],
          contained: true as const,
        },
      ]
    : []),
]

/** Folders of a caller, which nobody else but root can use. */
export function folderOf({ uid: owner }: Caller): string {
  const folder = temporaryFolder()
  chownSync(folder, owner, owner)
  return folder
}

export interface Tried {
  status: number | null
  out: string
}

/** Runs a script outside of any sandbox. */
export function outside(caller: Caller, script: string, env: Record<string, string>): Tried {
  return run(caller, ['bash', '-c', script], env)
}

/** Runs a script in a sandbox, by programs of this machine. */
export function inside(
  caller: Caller,
  script: string,
  env: Record<string, string>,
  may: { mounts?: boolean; network?: boolean } = {},
): Tried {
  const words = sandboxed({
    cwd: env['OWN']!,
    writable: [env['OWN']!],
    readable: [env['INPUT']!],
    network: may.network === true,
    mounts: may.mounts === true,
  })
  // this repository may be where the other user sees nothing
  const programs = join(env['OWN']!, '../programs')
  cpSync(join(repository, 'lib/engine/sandbox'), programs, { recursive: true })
  return run(caller, ['perl', join(programs, 'enter.pl'), ...words.slice(2), script], env)
}

/** With a pipe to print to: what Node calls one is a socket. */
function run({ around }: Caller, argv: readonly string[], env: Record<string, string>): Tried {
  const piped = ['bash', '-o', 'pipefail', '-c', '"$@" 2>&1 | cat', 'bash', ...argv]
  const [program, ...words] = [...around, ...piped]
  const { status, stdout } = spawnSync(program!, words, {
    encoding: 'utf8',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
  })
  return { status, out: stdout }
}

/** A folder that the sandbox may write, one that it may read, and a file that is in neither. */
export function filesOf(caller: Caller): { OWN: string; INPUT: string; SECRET: string } {
  const all = folderOf(caller)
  const [OWN, INPUT, SECRET] = ['own', 'input', 'secret'].map((name) => join(all, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [OWN, INPUT]) mkdirSync(folder)
  for (const file of [SECRET, join(INPUT, 'given')]) writeFileSync(file, 'text\n', { mode: 0o600 })
  for (const path of [OWN, INPUT, SECRET, join(INPUT, 'given')])
    chownSync(path, caller.uid, caller.uid)
  return { OWN, INPUT, SECRET }
}
