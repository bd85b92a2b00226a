import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isWritten } from '../../lib/engine/cache/items.ts'
import { takeFolder } from '../../lib/engine/cache/own-folder.ts'
import { repository, temporaryFolder, write } from './fixtures.ts'

// Folders that root has used once, and a user later. Where root runs this, the user is one that has
// no name; otherwise whoever runs it. What is root's is a link to a folder of the system.

const isRoot = process.getuid!() === 0
const USER = isRoot ? 12_345 : process.getuid!()
const owners = pathToFileURL(join(repository, 'lib/engine/cache/owners.ts')).href
const images = (below: string): boolean => /^([^/]+|images\/[^/]+(\/packages)?)$/.test(below)

/** A folder of the user's. */
function folder(files: Record<string, string> = {}): string {
  const path = temporaryFolder()
  write(path, { '.downbeat': '', ...files })
  if (isRoot) spawnSync('chown', ['-R', `${USER}:${USER}`, path])
  return path
}

/** Makes a folder in it root's. Gives what has to be handed back for it. */
function giveToRoot(path: string, name: string): string {
  if (isRoot) {
    chownSync(join(path, name), 0, 0)
    return path
  }
  rmSync(join(path, name), { recursive: true })
  symlinkSync('/usr/share', join(path, name))
  return '/usr/share'
}

/** What the user hears of these folders: nothing, or the message and what mends it. */
function heard(...folders: readonly { path: string; looks: string }[]): string {
  const code = `import { requireOwner } from ${JSON.stringify(owners)}
    if (${isRoot}) { process.setgroups([]); process.setgid(${USER}); process.setuid(${USER}) }
    try {
      requireOwner(${JSON.stringify(folders)}.map((one) => ({ ...one, variable: 'DOWNBEAT_OUT', looks: (below) => new RegExp(one.looks).test(below) })))
    } catch ({ message, mend }) { process.stdout.write(message + '\\n' + mend) }`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code],
    { encoding: 'utf8' },
  )
  return stdout + stderr
}
const out = (path: string) => ({ path, looks: String.raw`^([^/]+|images/[^/]+(/packages)?)$` })
const cache = (path: string) => ({ path, looks: String.raw`^([^/]+|kept/[^/]+(/[^/]+)?)$` })
const mended = (...paths: string[]): RegExp =>
  new RegExp(String.raw`\nsudo chown -R [\w.-]+:\d* ${paths.join(' ')}$`)

describe('a folder in which root has worked once', () => {
  test('is the user’s where all of it is, and nothing is said', () => {
    expect(heard(out(folder({ 'images/a/packages/x': '', 'logs/x': '' })))).toBe('')
    expect(heard(out(join(folder(), 'not/there/yet')))).toBe('')
  })

  test.each(['images', 'logs', 'images/downbeat', 'images/downbeat/packages'])(
    'is found before anything runs: %s is root’s',
    (name) => {
      const path = folder({ 'images/downbeat/packages/x': '', 'logs/x': '' })
      const roots = giveToRoot(path, name)
      const said = heard(out(path))
      expect(said).toContain(`${join(path, name)} belongs to root\n`)
      expect(said).toMatch(mended(roots))
    },
  )

  test('may be two: both are named, and one command mends both', () => {
    const [one, two] = [folder({ 'images/x': '' }), folder({ 'kept/debs/x': '' })]
    const roots = [giveToRoot(one, 'images'), giveToRoot(two, 'kept/debs')]
    const asked = [out(one), cache(two), cache(folder())]
    const said = heard(...asked)
    expect(said).toContain(`${one}/images belongs to root\n  ${two}/kept/debs belongs to root\n`)
    expect(said).toMatch(mended(...new Set(roots)))
    if (!isRoot) return // he may not type it for real
    expect(spawnSync('sh', ['-c', said.split('\n').at(-1)!.replace('sudo ', '')]).status).toBe(0)
    expect(heard(...asked)).toBe('')
  })

  test('is mended where a link leads: chown -R follows none', () => {
    const path = folder()
    symlinkSync('/usr/share', join(path, 'images'))
    expect(heard(out(path))).toMatch(mended('/usr/share'))
  })

  test('is named as a whole when it is root’s itself', () => {
    const said = heard({ path: '/usr/share', looks: '^$' })
    expect(said).toMatch(/^\/usr\/share belongs to root\nsudo chown -R [\w.-]+:\d* \/usr\/share$/)
  })

  test('has five of its paths named, and the others counted', () => {
    const path = folder()
    for (const name of 'abcdefg') symlinkSync('/usr/share', join(path, name))
    expect(heard(out(path))).toContain('/e belongs to root\n  and so it is with 2 more\n')
  })

  test('is not mended by another owner where its own mode is what forbids it', () => {
    const path = folder({ 'images/downbeat/x': '' })
    chmodSync(join(path, 'images/downbeat'), 0o500)
    expect(heard(out(path))).toBe(
      `${path}/images/downbeat may not be written to: its own mode forbids it\nchmod u+rwx ${path}/images/downbeat`,
    )
    chmodSync(join(path, 'images/downbeat'), 0o700)
  })
})

test('in a cache that is what a build writes to, and not the roots that stages have made', () => {
  const looked = [
    'cache.lock',
    'kept',
    'kept/downloads',
    'kept/downloads/x',
    'kept/ccache/0/f',
    'locks/kernel-0123456789abcdef.half',
    'node/24.16.0',
    'kernel-0123456789abcdef',
    'kernel-0123456789abcdef/entry.json',
  ]
  for (const path of looked) expect([path, isWritten(path)]).toEqual([path, true])
  for (const path of [
    'toolbox-0123456789abcdef/root',
    'toolbox-0123456789abcdef.half/work',
    'kept/ccache/0/f/x',
    'kept/debs/arm64/x.deb',
  ])
    expect([path, isWritten(path)]).toEqual([path, false])
})

test('a cache is closed to others: the roots in it have setuid programs', () => {
  const path = temporaryFolder()
  if (isRoot) chownSync(path, 0, 0)
  chmodSync(path, 0o755)
  mkdirSync(join(path, 'node'))
  const place = { path, variable: 'DOWNBEAT_CACHE', ours: () => true, looks: images }
  takeFolder({ ...place, roots: false })
  expect(statSync(path).mode & 0o777).toBe(0o755)
  takeFolder({ ...place, roots: true })
  expect(statSync(path).mode & 0o777).toBe(0o700)
  const other = temporaryFolder()
  chmodSync(other, 0o755)
  write(other, { letter: '' })
  const foreign = { ...place, path: other, ours: () => false, roots: true }
  expect(() => takeFolder(foreign)).toThrow('holds other things (letter)')
  expect(statSync(other).mode & 0o777).toBe(0o755)
})
