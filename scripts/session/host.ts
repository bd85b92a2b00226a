import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { HostError } from '../../lib/common/words/errors.ts'
import { sandboxed } from '../../lib/engine/sandbox/sandbox.ts'

/** A question about this machine, and the answer. `mend` is the one command that changes a "no". */
export interface Check {
  what: string
  ok: boolean
  found: string
  mend?: string
  /** what somebody who builds should know, though it is ok */
  note?: string
  /** Debian package that a mend by apt would install */
  package?: string
}

/** Programs that downbeat runs outside the toolbox, and the Debian packages that hold them. */
const programs: readonly (readonly [program: string, debian: string])[] = [
  ['mmdebstrap', 'mmdebstrap'],
  ['newuidmap', 'uidmap'],
  ['time', 'time'],
  ['unshare', 'util-linux'],
  ['setpriv', 'util-linux'],
  ['flock', 'util-linux'],
  ['bash', 'bash'],
  ['perl', 'perl'],
]
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

const stages = fileURLToPath(new URL('../../stages', import.meta.url))

const isRoot = (): boolean => process.getuid?.() === 0

/** Everything a build needs of the host, asked in milliseconds. `cache`: the folder of results. */
export async function checkHost(cache: string): Promise<Check[]> {
  const checks = checkPrograms()
  const lacking = checks.some(({ what, ok }) => what.startsWith('program ') && !ok)
  return lacking ? checks : [...checks, await namespaces(isRoot(), cache)]
}

/** The part of it that starts no program. */
export function checkPrograms(): Check[] {
  const root = isRoot()
  const needed = programs.filter(([program]) => !root || program !== 'newuidmap') // only an ordinary user's map needs it
  const checks = needed.map(([program, debian]): Check => {
    const what = `program ${program}`
    if (inPath(program)) return { what, ok: true, found: 'there' }
    return { what, ok: false, found: 'missing', package: debian, mend: `apt-get install ${debian}` }
  })
  const keys = existsSync(keyring)
  checks.push({
    what: "keys of Debian's archive",
    ok: keys,
    found: keys ? keyring : 'missing',
    ...(keys
      ? {}
      : { package: 'debian-archive-keyring', mend: 'apt-get install debian-archive-keyring' }),
  })
  if (!root) checks.push(subordinateIds())
  return checks
}

/** Throws HostError for the first thing that is missing. */
export function requireHost(checks: Check[]): void {
  const bad = checks.filter(({ ok }) => !ok)
  if (bad.length === 0) return
  const packages = [...new Set(bad.flatMap((check) => check.package ?? []))]
  const mend =
    packages.length > 0
      ? `sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`
      : bad[0]!.mend
  throw new HostError(
    bad.map(({ what, found }) => `${what}: ${found}`).join('\n  '),
    mend ?? 'see the table in README.md',
  )
}

function inPath(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .some((dir) => dir !== '' && existsSync(`${dir}/${program}`))
}

function subordinateIds(): Check {
  const user = userInfo().username
  const has = (file: string): boolean =>
    existsSync(file) &&
    readFileSync(file, 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${user}:`) || line.startsWith(`${process.getuid?.()}:`))
  const ok = has('/etc/subuid') && has('/etc/subgid')
  return {
    what: `user ids that ${user} may use in a namespace`,
    ok,
    found: ok ? '/etc/subuid and /etc/subgid' : 'no entry in /etc/subuid or /etc/subgid',
    ...(ok
      ? {}
      : { mend: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}` }),
  }
}

/** Tries what stages do: a sandbox with a mount in it, other owners, and a private binfmt_misc. */
async function namespaces(root: boolean, cache: string): Promise<Check> {
  const [program, ...words] = sandboxed({
    cwd: '/',
    writable: existsSync(cache) ? [cache] : [],
    readable: [stages],
    network: false,
    mounts: true,
  })
  const script = `mount -t tmpfs none /root && chown 1:1 /root && cat /proc/self/uid_map &&
    { mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null && echo private || echo shared; }`
  const tried = spawn(program!, [...words, script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [printed, errors, [status]] = await Promise.all([
    text(tried.stdout),
    text(tried.stderr),
    once(tried, 'close') as Promise<[number | null]>,
  ])
  const what = 'user namespaces'
  if (status !== 0) {
    const said = errors.trim().split('\n').at(-1) ?? ''
    return {
      what,
      ok: false,
      found: `not allowed here (${said})`,
      mend: /not implemented/.test(said)
        ? 'a kernel of Linux 5.12 or newer'
        : inContainer()
          ? 'start the container with the options of docs/container.md'
          : `sudo sysctl -w ${namespaceSysctl()}`,
    }
  }
  if (
    printed.trim().endsWith('private') ||
    process.arch === 'arm64' ||
    existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64')
  )
    return { what, ok: true, found: 'work', ...rootOutside(printed, cache) }
  return {
    what: 'programs for arm64',
    ok: false,
    found: 'this kernel is older than 6.7 and has no emulator registered',
    package: 'qemu-user-static',
    mend: `${root ? '' : 'sudo '}apt-get install qemu-user-static`,
  }
}

/** Whether this is root of a container: Docker and podman take CAP_SYS_ADMIN from it. */
function inContainer(): boolean {
  const SYS_ADMIN = 21n
  const all = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return isRoot() && ((BigInt(`0x${all?.[1] ?? 'f'.repeat(16)}`) >> SYS_ADMIN) & 1n) === 0n
}

/**
 * A note where the sandbox had to give root the ids of this machine's own root. `map`: its uid_map.
 * Root of a container is not that root.
 */
function rootOutside(map: string, cache: string): { note?: string } {
  const whole = /^\s*0\s+0\s+4294967295$/m
  if (
    !isRoot() ||
    inContainer() ||
    !whole.test(map) ||
    !whole.test(readFileSync('/proc/self/uid_map', 'utf8'))
  )
    return {}
  const note = `root in the sandbox has the ids of this machine's root: ${cache} or ${stages} lies on a file system that maps no owners. Put them on ext4, xfs or btrfs, or build as an ordinary user`
  return { note }
}

function namespaceSysctl(): string {
  const settings = [
    'kernel.apparmor_restrict_unprivileged_userns=0',
    'kernel.unprivileged_userns_clone=1',
  ]
  const present = settings.find((setting) => {
    const [name, wanted] = setting.split('=') as [string, string]
    const file = `/proc/sys/${name.replaceAll('.', '/')}`
    return existsSync(file) && readFileSync(file, 'utf8').trim() !== wanted
  })
  return present ?? 'user.max_user_namespaces=15000'
}
