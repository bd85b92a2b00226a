import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

// The script is run as it will be in the image, on a machine whose clock, network and JACK server are
// what the test wants: `date -s` only writes down what it was told.

const script = readFileSync(join(repository, 'templates/root/usr/lib/downbeat/clock'), 'utf8')
const NOW = 1_790_000_000
const MADE = NOW - 86_400

interface Machine {
  /** what each server says that is there: seconds that the clock is to go on by */
  servers?: Record<string, string>
  jack?: boolean
  /** seconds since the kernel has started */
  up?: number
}

const card = () => {
  const folder = temporaryFolder()
  const kept = join(folder, 'usr/lib/clock-epoch')
  write(folder, {
    'usr/lib/clock-epoch': 'x\n',
    'etc/default/downbeat-clock': "SERVERS='one two'\n",
    clock: script.replaceAll(/(?<=[ =])\/(?=(proc|etc|run|usr\/lib)\/)/g, `${folder}/`),
  })
  utimesSync(kept, MADE, MADE)
  const told = join(folder, 'told')
  const run = (verb: string, { servers = {}, jack = false, up = 100 }: Machine = {}) => {
    const bin = temporaryFolder()
    mkdirSync(bin, { recursive: true })
    for (const name of 'sh awk cat cut sed stat touch mkdir mv'.split(' '))
      symlinkSync(
        ['/usr/bin', '/bin'].map((dir) => join(dir, name)).find(existsSync)!,
        join(bin, name),
      )
    const answers = Object.entries(servers).map(
      ([name, text]) => `${name}) echo '${text}' && exit 0 ;;`,
    )
    write(bin, {
      date: `#!/bin/sh\ncase $1 in -s) echo "$2" >>${told} ;; *) case $1 in *N) echo ${NOW}.500000000 ;; *) echo ${NOW} ;; esac ;; esac\n`,
      pgrep: `#!/bin/sh\nexit ${jack ? 0 : 1}\n`,
      rdate: `#!/bin/sh\necho "$*" >>${folder}/asked\ncase $4 in ${answers.join('\n')} *) echo "$4: Temporary failure in name resolution" && exit 1 ;; esac\n`,
    })
    for (const name of ['date', 'pgrep', 'rdate']) chmodSync(join(bin, name), 0o755)
    write(folder, { 'proc/uptime': `${up}.00 90.00\n` })
    const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'clock'), verb], {
      encoding: 'utf8',
      env: { PATH: bin },
    })
    expect(stderr).toBe('')
    return { status, said: stdout }
  }
  const lines = (file: string): string[] =>
    existsSync(join(folder, file))
      ? readFileSync(join(folder, file), 'utf8').trim().split('\n')
      : []
  return {
    run,
    set: () => lines('told'),
    asked: () => lines('asked'),
    kept: () => Math.floor(statSync(kept).mtimeMs / 1000),
  }
}

const answer = (by: string): string =>
  `Mon Sep 21 12:00:00 UTC 2026\nrdate: adjust local clock by ${by} seconds`

describe('the clock of a card', () => {
  test('is set by one question, which the next network does not ask again', () => {
    const one = card()
    expect(one.run('ask', { servers: { one: answer('3600.250000') } })).toMatchObject({ status: 0 })
    expect(one.set()).toEqual([`@${NOW + 3600}.75`])
    expect(one.run('ask', { servers: { one: answer('7200.000000') } }).status).toBe(0)
    expect(one.set()).toHaveLength(1)
    expect(one.asked()).toEqual(['-n -p -v one'])
  })

  test('goes back, too, but not behind the image', () => {
    const one = card()
    one.run('ask', { servers: { one: answer('-3600.000000') } })
    expect(one.set()).toEqual([`@${NOW - 3600}.50`])
    const two = card()
    const { said } = two.run('ask', { servers: { one: answer('-90000.000000') } })
    expect(said).toContain('one says what cannot be')
    expect(two.set()).toEqual([])
  })

  test('is asked of the next server where one does not answer, or with nonsense', () => {
    const one = card()
    one.run('ask', { servers: { one: '$(reboot)', two: answer('1.000000') } })
    expect(one.asked()).toEqual(['-n -p -v one', '-n -p -v two'])
    expect(one.set()).toEqual([`@${NOW + 1}.50`])
  })

  test('stays as it is where nobody answers, which is no failure', () => {
    const one = card()
    const { status, said } = one.run('ask')
    expect(status).toBe(0)
    expect(said).toContain('nobody has told the time')
    expect(one.set()).toEqual([])
    one.run('ask', { servers: { two: answer('5.000000') } })
    expect(one.set()).toEqual([`@${NOW + 5}.50`])
  })

  test('is never set while JACK runs, but when it has stopped, by what is right then; once', () => {
    const one = card()
    const { said } = one.run('ask', { servers: { one: answer('3600.000000') }, jack: true, up: 20 })
    expect(said).toContain('JACK runs: the clock is set when it stops')
    expect(one.set()).toEqual([])
    one.run('set', { jack: true, up: 30 })
    expect(one.set()).toEqual([])
    one.run('set', { up: 1020 })
    expect(one.set()).toEqual([`@${NOW + 3600 + 1000}.50`])
    one.run('set', { up: 2000 })
    expect(one.set()).toHaveLength(1)
  })

  test('has nothing to be set by where nobody was asked', () => {
    const one = card()
    expect(one.run('set')).toEqual({ status: 0, said: '' })
    expect(one.set()).toEqual([])
  })
})

describe('the next boot', () => {
  test('goes on from this one', () => {
    const one = card()
    one.run('keep')
    expect(one.kept()).toBe(NOW)
  })

  test('knows what was answered, though JACK ran until the plug was pulled', () => {
    const one = card()
    one.run('ask', { servers: { one: answer('3600.000000') }, jack: true })
    expect(one.kept()).toBe(NOW + 3600)
    one.run('keep', { jack: true, up: 200 })
    expect(one.kept()).toBe(NOW + 3700)
  })

  test('never begins earlier than one before', () => {
    const one = card()
    one.run('ask', { servers: { one: answer('7200.000000') } })
    const before = one.kept()
    one.run('keep', { up: 1 })
    expect(one.kept()).toBe(before)
  })
})

test('another word is told', () => {
  const folder = temporaryFolder()
  write(folder, {
    'etc/default/downbeat-clock': '',
    clock: script.replaceAll('/etc/', `${folder}/etc/`),
  })
  const { status, stderr } = spawnSync('sh', [join(folder, 'clock'), 'now'], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, 'clock: expected ask, set or keep\n'])
})
