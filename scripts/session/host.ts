import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { HostError } from '../../lib/common/words/errors.ts'

/** A question about this machine, and the answer. `mend` is the one command that changes a "no". */
export interface Check {
  what: string
  ok: boolean
  found: string
  mend?: string
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
]
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const enter = fileURLToPath(new URL('../../lib/engine/sandbox/enter.sh', import.meta.url))

const isRoot = (): boolean => process.getuid?.() === 0

/** Everything a build needs of the host, asked in milliseconds. */
export function checkHost(): Check[] {
  const checks = checkPrograms()
  const lacking = checks.some(({ what, ok }) => what.startsWith('program ') && !ok)
  return lacking ? checks : [...checks, namespaces(isRoot())]
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

/**
 * Tries what every stage does: user, mount and pid namespaces, and a private binfmt_misc in them.
 */
function namespaces(root: boolean): Check {
  const tried = spawnSync(
    'bash',
    [
      enter,
      'sh',
      '-c',
      'mount -t tmpfs none /mnt && chown 1:1 /mnt && { mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null && echo private || echo shared; }',
    ],
    { encoding: 'utf8' },
  )
  const what = 'user namespaces'
  if (tried.status !== 0) {
    const said = tried.stderr.trim().split('\n').at(-1) ?? ''
    return {
      what,
      ok: false,
      found: `not allowed here (${said})`,
      mend: `sudo sysctl -w ${namespaceSysctl()}`,
    }
  }
  if (
    tried.stdout.trim() === 'private' ||
    process.arch === 'arm64' ||
    existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64')
  )
    return { what, ok: true, found: 'work' }
  return {
    what: 'programs for arm64',
    ok: false,
    found: 'this kernel is older than 6.7 and has no emulator registered',
    package: 'qemu-user-static',
    mend: `${root ? '' : 'sudo '}apt-get install qemu-user-static`,
  }
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
