import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { lock } from '../../lib/common/files/lock.ts'
import { repository, temporaryFolder } from './fixtures.ts'

/** Another process that takes the lock, says so, and keeps it. */
async function holder(file: string, options: object = {}): Promise<ChildProcess> {
  const code = `import { lock } from ${JSON.stringify(pathToFileURL(join(repository, 'lib/common/files/lock.ts')).href)}
    await lock(${JSON.stringify(file)}, ${JSON.stringify(options)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise((said, fail) => {
    child.stdout.once('data', said)
    child.once('exit', () => fail(new Error('the other process has ended')))
  })
  return child
}

/** Takes a lock for the running test. */
async function take(file: string, options: Parameters<typeof lock>[1] = {}) {
  const held = await lock(file, options)
  onTestFinished(() => held?.release())
  return held
}

const someFile = (): string => join(temporaryFolder(), 'deep/some.lock')

test('a lock that nobody has is taken at once, and the folder of its file is made', async () => {
  const waited: string[] = []
  expect(await take(someFile(), { onWait: () => waited.push('waited') })).toBeDefined()
  expect(waited).toEqual([])
})

test('a lock that another process has is not taken, or waited for after saying so', async () => {
  const file = someFile()
  const other = await holder(file)
  expect(await take(file, { wait: false })).toBeUndefined()
  let told: () => void = () => undefined
  const waiting = new Promise<void>((done) => (told = done))
  const wanted = take(file, { onWait: told })
  await waiting
  other.kill()
  expect(await wanted).toBeDefined()
})

test('a lock is freed when its holder is killed with SIGKILL', async () => {
  const file = someFile()
  const other = await holder(file)
  other.kill('SIGKILL')
  expect(await take(file)).toBeDefined()
})

test('a lock that is released can be taken again', async () => {
  const file = someFile()
  const first = await take(file)
  const second = take(file)
  first!.release()
  expect(await second).toBeDefined()
})

test('two locks within one process exclude each other, too', async () => {
  const file = someFile()
  await take(file)
  expect(await take(file, { wait: false })).toBeUndefined()
})

test('many share a lock, but nobody has it for himself meanwhile', async () => {
  const file = someFile()
  await holder(file, { shared: true })
  const mine = await take(file, { shared: true, wait: false })
  expect(mine).toBeDefined()
  expect(await take(file, { wait: false })).toBeUndefined()
})

test('a lock that one has for himself is not shared', async () => {
  const file = someFile()
  await holder(file)
  expect(await take(file, { shared: true, wait: false })).toBeUndefined()
})

test('waiting for a lock ends when the build is stopped', async () => {
  const file = someFile()
  await holder(file)
  const stop = new AbortController()
  expect(
    await take(file, { signal: stop.signal, onWait: () => setImmediate(() => stop.abort()) }),
  ).toBeUndefined()
})

// Its holder never gives it up: who waits here waits for ever.
test('a build that is stopped just before it would wait does not wait', async () => {
  const file = someFile()
  await holder(file)
  const stop = new AbortController()
  expect(await take(file, { signal: stop.signal, onWait: () => stop.abort() })).toBeUndefined()
})

test('a lock that is held stays held when the build is stopped, until it is released', async () => {
  const file = someFile()
  const stop = new AbortController()
  const held = await take(file, { signal: stop.signal })
  stop.abort()
  expect(await take(file, { wait: false })).toBeUndefined()
  held!.release()
  expect(await take(file)).toBeDefined()
})
