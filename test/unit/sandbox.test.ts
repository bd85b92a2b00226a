import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attempts } from './sandbox/attempts.ts'
import { callers, filesOf, inside, isRealRoot, mapsOwners, outside } from './sandbox/callers.ts'
import type { Caller } from './sandbox/callers.ts'
import { repository } from './fixtures.ts'

// What programs in the sandbox of a stage try. Each attempt that can succeed outside does so there
// first: it is the sandbox that refuses it. Needs what ./downbeat doctor asks for.

const servers: Server[] = []
const ABSTRACT = `downbeat-test-${process.pid}`
let PORT = ''

async function listening(at: { path: string } | { port: number; host: string }): Promise<Server> {
  const server = createServer((socket) => socket.end())
  servers.push(server)
  server.listen(at)
  await once(server, 'listening')
  return server
}

beforeAll(async () => {
  await listening({ path: `\0${ABSTRACT}` })
  PORT = String(((await listening({ port: 0, host: '127.0.0.1' })).address() as AddressInfo).port)
})
afterAll(() => {
  for (const server of servers) server.close()
})

/** What an attempt finds in its environment. */
async function surroundings(caller: Caller): Promise<Record<string, string> & { OWN: string }> {
  const files = filesOf(caller)
  const AGENT = join(files.OWN, '../agent')
  await listening({ path: AGENT })
  chmodSync(AGENT, 0o777)
  const [, , ...disk] = readFileSync('/proc/partitions', 'utf8').trim().split('\n')
  const [major = '8', minor = '0'] = disk[0]?.trim().split(/\s+/) ?? []
  return {
    ...files,
    AGENT,
    ABSTRACT,
    PORT,
    PROCESS: String(process.pid),
    DISK: `${major} ${minor}`,
  }
}

describe.each(callers)('in a sandbox of $name', (caller) => {
  // docs/security.md says what root can do that keeps its ids.
  const refused = attempts.filter(
    ({ needsIds }) =>
      needsIds !== true || (mapsOwners && caller.contained !== true) || caller.uid !== 0,
  )
  test.each(refused)('nobody can $what', async (attempt) => {
    const { script, mounts = false } = attempt
    const provable =
      (attempt.outside === 'anybody' ||
        (attempt.outside === 'root' &&
          isRealRoot &&
          caller.uid === 0 &&
          caller.contained !== true)) &&
      existsSync(attempt.outsideNeeds ?? '/')
    if (provable) {
      const { status, out } = outside(caller, script, await surroundings(caller))
      expect(status, out).toBe(0)
    }
    for (const may of mounts ? [{}, { mounts }] : [{}]) {
      const { status, out } = inside(caller, script, await surroundings(caller), may)
      expect(out).not.toMatch(/enter\.pl/)
      expect(status, out).not.toBe(0)
    }
  })

  test('a system call that reaches an undivided part of the kernel is refused, each of the list', async () => {
    const column = process.arch === 'arm64' ? 2 : 1
    const calls = readFileSync(join(repository, 'lib/engine/sandbox/refused-calls'), 'utf8')
      .split('\n')
      .filter((line) => /^\w/.test(line))
      .map((line) => line.split(/\s+/))
    expect(calls.length).toBeGreaterThan(15)
    // An argument that no call takes: nothing would happen, were one let through.
    const script = calls
      .map(
        (call) =>
          `perl -e 'syscall(${call[column]}, -1, -1, -1, -1, -1); print "${call[0]} ", $! + 0, "\n"'`,
      )
      .join('\n')
    const { out } = inside(caller, script, await surroundings(caller), { mounts: true })
    expect(out).toBe(calls.map(([name]) => `${name} 1\n`).join(''))
  })

  test('there are the capabilities that Debian packages need, and no others', async () => {
    const seen = async (mounts: boolean): Promise<string> => {
      const script = "sed -n 's/^Cap\\(Eff\\|Bnd\\):\\s*//p' /proc/self/status"
      return inside(caller, script, await surroundings(caller), { mounts }).out
    }
    // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SYS_CHROOT SETFCAP, and SYS_ADMIN
    expect(await seen(false)).toBe('00000000800400fb\n00000000800400fb\n')
    expect(await seen(true)).toBe('00000000802400fb\n00000000802400fb\n')
  })

  test('its work can be done: owners, mounts, a server where there is a network', async () => {
    const env = await surroundings(caller)
    const script = `cat "$INPUT/given"; id -u
      cd "$OWN"; : >file; chown 7:9 file; stat -c %u:%g file; echo again >/dev/fd/1
      mkdir /tmp/a; mount -t tmpfs none /tmp/a; mount --bind /tmp/a "$OWN"; touch "$OWN/below"
      umount "$OWN"; ls "$OWN"
      perl -MSocket -e 'socket S, AF_INET, SOCK_STREAM, 0; print connect(S, pack_sockaddr_in $ENV{PORT}, INADDR_LOOPBACK) ? "there" : $!'`
    const { status, out } = inside(caller, script, env, { mounts: true, network: true })
    expect(out).toBe('text\n0\n7:9\nagain\nfile\nthere')
    expect(status).toBe(0)
  })

  test('a socket that has no file is out of reach even with the network, from Linux 6.12 on', async () => {
    const { script } = attempts.find(({ what }) => what.includes('that has no file'))!
    const version = "perl -e 'print syscall 444, 0, 0, 1'" // of Landlock: 6 knows how
    const known = Number(outside(caller, version, {}).out) >= 6
    const { status } = inside(caller, script, await surroundings(caller), { network: true })
    expect(status === 0).toBe(!known)
  })

  test('what it leaves belongs to the caller, and lies in its own folders only', async () => {
    const env = await surroundings(caller)
    const all = join(env.OWN, '..')
    const before = readdirSync(all)
    const script =
      'mkdir "$OWN/folder"; : >"$OWN/folder/file"; touch "$OWN/../more" "$SECRET" /tmp/x'
    inside(caller, script, env)
    expect(readdirSync(all).filter((name) => name !== 'programs')).toEqual(before)
    for (const path of ['folder', 'folder/file'])
      expect(lstatSync(join(env.OWN, path)).uid).toBe(caller.uid)
  })

  test('its root is nobody that this machine knows as root', async () => {
    const env = await surroundings(caller)
    const { out } = inside(caller, 'cat /proc/self/uid_map', env)
    const [[first, outer] = [], ...more] = out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
    expect(first).toBe(0)
    if (!isRealRoot || caller.uid !== 0) return // his ids are those that he was given
    expect(more).toEqual([])
    if (!mapsOwners || caller.contained === true) return expect(outer).toBe(0)
    expect(outer).toBeGreaterThanOrEqual(65_536)
    const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
    const taken = accounts.map((line) => Number(line.split(':')[2]))
    expect(taken.filter((id) => id >= outer! && id < outer! + 65_536)).toEqual([])
  })
})
