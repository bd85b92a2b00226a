import { spawnSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openCache } from '../../lib/engine/cache/cache.ts'
import type { Cache } from '../../lib/engine/cache/cache.ts'
import {
  HostError,
  Interrupted,
  ProofError,
  StageError,
  UserError,
} from '../../lib/common/words/errors.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { make, markUsed } from '../../lib/engine/run/make.ts'
import type { Event, MakeOptions, Shared } from '../../lib/engine/run/make.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { AnyStage, Job } from '../../lib/engine/run/stage.ts'
import { isRunning, ownSleep, temporaryFolder, until, write } from './fixtures.ts'

type AnyJob = Job<unknown, Record<string, AnyStage>, Record<string, string>, string>
type Fake = Partial<Omit<AnyStage, 'run'>> & {
  text?: string
  run?: (job: AnyJob) => Promise<void> | void
}

/** A folder with a cache and the texts of small stages, and what has been run of them. */
function workshop() {
  const folder = temporaryFolder()
  const cache = openCache(join(folder, 'cache'))
  const ran: string[] = []
  const events: Event[] = []
  const stage = (name: string, { text = `// ${name}`, run, ...more }: Fake = {}): AnyStage => {
    write(folder, { 'package.json': '{}', [`stages/${name}.ts`]: text })
    return {
      name,
      about: `Make ${name}`,
      source: pathToFileURL(join(folder, `stages/${name}.ts`)).href,
      needs: {},
      outputs: { file: `${name}.txt` },
      given: (plan: Plan) => plan.name,
      ...more,
      async run(job: AnyJob) {
        ran.push(name)
        await (
          run ??
          (({ out, given }: AnyJob) =>
            writeFileSync(out['file']!, `${name} of ${JSON.stringify(given)}\n`))
        )(job)
      },
    }
  }
  const options = (more: Partial<MakeOptions> = {}): MakeOptions => ({
    plan: planNamed('a'),
    cache,
    settings: { jobs: 1, network: { mirrors: [], offline: false, proxies: {} } },
    fresh: new Set(),
    signal: new AbortController().signal,
    report: (event) => events.push(event),
    logFile: 'logs/some.log',
    spare_gib: 0,
    ...more,
  })
  return { folder, cache, ran, events, stage, options }
}

const planNamed = (name: string): Plan => ({ name, image: { epoch: 1_700_000_000 } }) as Plan
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )
const kinds = (events: Event[]): string[] =>
  events.filter(({ kind }) => kind !== 'line').map(({ kind, stage }) => `${stage} ${kind}`)
/** What is in a cache but its locks, which stay. */
const inCache = (cache: Cache): string[] =>
  readdirSync(cache.dir)
    .filter((name) => name !== 'locks')
    .sort()

test('what programs print of a stage has no password of a mirror or a proxy in it', async () => {
  const { stage, options, events } = workshop()
  const chatty = stage('chatty', {
    async run({ $ }) {
      await $`echo Get:1 http://me:secret@mirror.example/debian trixie
        echo Err: https://token:x@proxy.example:3128 >&2
        exit 1`
    },
  })
  const error = await failure(make(chatty, options()))
  const lines = events.flatMap((event) => (event.kind === 'line' ? [event.line] : []))
  expect(lines.toSorted()).toEqual([
    'Err: https://proxy.example:3128',
    'Get:1 http://mirror.example/debian trixie',
  ])
  expect((error as StageError).lines.join(' ')).not.toMatch(/secret|token/)
})

describe('the key of a stage', () => {
  const { stage } = {
    stage: (more: Fake = {}, text = '// text'): AnyStage =>
      workshop().stage('thing', { text, ...more }),
  }
  const keyOfThing = (more: Fake = {}, plan = planNamed('a'), text?: string): string =>
    keyOf(stage(more, text), plan)

  test('is the same for the same stage and plan, wherever the repository lies', () => {
    expect(keyOfThing()).toMatch(/^[0-9a-f]{64}$/)
    expect(keyOfThing()).toBe(keyOfThing())
  })

  test('changes with what it is given of the plan, and with nothing else of the plan', () => {
    expect(keyOfThing({}, planNamed('b'))).not.toBe(keyOfThing())
    const blind = { given: () => 'nothing' }
    expect(keyOfThing(blind, planNamed('b'))).toBe(keyOfThing(blind))
  })

  test('changes with its own text', () => {
    expect(keyOfThing({}, undefined, '// other')).not.toBe(keyOfThing())
  })

  test('changes with a file of its own folder', () => {
    const { folder, stage: fake } = workshop()
    const thing = fake('thing')
    const before = keyOf(thing, planNamed('a'))
    write(folder, { 'stages/thing/list': 'a\n' })
    expect(keyOf(thing, planNamed('a'))).not.toBe(before)
  })

  test('changes with what it promises to make', () => {
    expect(keyOfThing({ outputs: { file: 'other.txt' } })).not.toBe(keyOfThing())
  })

  test('changes with the keys of what it needs, to the end', () => {
    const { stage: fake } = workshop()
    const chain = (plan: Plan): string => {
      const first = fake('first')
      const second = fake('second', { needs: { first }, given: () => 'same' })
      return keyOf(fake('third', { needs: { second }, given: () => 'same' }), plan)
    }
    expect(chain(planNamed('b'))).not.toBe(chain(planNamed('a')))
    expect(chain(planNamed('a'))).toBe(chain(planNamed('a')))
  })
})

describe('a stage', () => {
  test('is made after what it needs, and finds the results by name', async () => {
    const { stage, options, ran, cache } = workshop()
    const first = stage('first')
    const second = stage('second', {
      needs: { first },
      run: ({ from, out }) =>
        writeFileSync(out['file']!, `after ${readFileSync(from['first']['file'], 'utf8')}`),
    })
    const made = await make(second, options())
    expect(ran).toEqual(['first', 'second'])
    expect(readFileSync(made.get('second')!.outputs['file']!, 'utf8')).toBe('after first of "a"\n')
    expect(made.get('second')).toMatchObject({
      cached: false,
      folder: cache.folder('second', keyOf(second, planNamed('a'))),
    })
  })

  test('works in an empty folder of its own, and leaves only what it has written for others', async () => {
    const { stage, options, cache } = workshop()
    const thing = stage('thing', {
      keeps: ['downloads'],
      run: ({ work, out, kept }) => {
        expect(readdirSync(work)).toEqual([])
        write(work, { scratch: 'x' })
        write(kept['downloads']!, { package: 'x' })
        writeFileSync(out['file']!, 'x')
      },
    })
    await make(thing, options())
    const home = `thing-${keyOf(thing, planNamed('a')).slice(0, 16)}`
    expect(inCache(cache)).toEqual(['kept', home])
    expect(readdirSync(join(cache.dir, home)).sort()).toEqual(['entry.json', 'thing.txt'])
    expect(readdirSync(join(cache.dir, 'kept/downloads'))).toEqual(['package'])
  })

  test('that is there is not made again, nor is what it needs', async () => {
    const { stage, options, ran, events } = workshop()
    const second = stage('second', { needs: { first: stage('first') } })
    await make(second, options())
    events.length = 0
    const made = await make(second, options())
    expect(ran).toEqual(['first', 'second'])
    expect(made.get('second')?.cached).toBe(true)
    expect(kinds(events)).toEqual(['second cached'])
  })

  test('is made on a machine that was asked for what that needs, once; one that is there asks for nothing', async () => {
    const { stage, options, ran } = workshop()
    const [first, second] = [stage('first'), stage('second')]
    const asked: string[][] = []
    const prepare = (): void => void asked.push([...ran])
    await make([first, second], { ...options(), prepare })
    expect(asked).toEqual([[]])
    await make([first, second], { ...options(), prepare })
    expect(asked).toHaveLength(1)
    const third = stage('third', { needs: { first } })
    const lacking = (): Promise<never> =>
      Promise.reject(new HostError('no namespaces', 'allow them'))
    await expect(
      make([third, stage('fourth')], { ...options(), prepare: lacking }),
    ).rejects.toThrow('no namespaces')
    expect(ran.toSorted()).toEqual(['first', 'second'])
  })

  test('that two others need is made once', async () => {
    const { stage, options, ran } = workshop()
    const shared = stage('shared')
    await make(
      stage('top', {
        needs: {
          left: stage('left', { needs: { shared } }),
          right: stage('right', { needs: { shared } }),
        },
      }),
      options(),
    )
    expect(ran.toSorted()).toEqual(['left', 'right', 'shared', 'top'])
  })

  test('is made side by side with those it does not need', async () => {
    const { stage, options } = workshop()
    let meet: () => void = () => undefined
    const met = new Promise<void>((done) => (meet = done))
    // each waits for the other: made one after the other, they would never end
    const left = stage('left', {
      run: async ({ out }) => (await met, writeFileSync(out['file']!, '')),
    })
    const right = stage('right', { run: ({ out }) => (meet(), writeFileSync(out['file']!, '')) })
    expect((await make(stage('top', { needs: { left, right } }), options())).size).toBe(3)
  })

  test('says what is happening to it', async () => {
    const { stage, options, events } = workshop()
    await make(stage('second', { needs: { first: stage('first') } }), options())
    expect(kinds(events)).toEqual([
      'first started',
      'first built',
      'second started',
      'second built',
    ])
    expect(events).toContainEqual({ kind: 'started', stage: 'first', about: 'Make first' })
  })

  test('is made anew when it is asked for by name, and what needs it is as it was', async () => {
    const { stage, options, ran } = workshop()
    const first = stage('first')
    const second = stage('second', { needs: { first } })
    await make(second, options())
    await make(first, options({ fresh: new Set(['first']) }))
    expect(ran).toEqual(['first', 'second', 'first'])
    await make(second, options())
    expect(ran).toHaveLength(3)
  })

  test('is made anew with all the others when everything is', async () => {
    const { stage, options, ran } = workshop()
    const second = stage('second', { needs: { first: stage('first') } })
    await make(second, options())
    await make(second, options({ fresh: 'all' }))
    expect(ran).toEqual(['first', 'second', 'first', 'second'])
  })

  test('is made anew deep below the one that was asked for, though that one is there', async () => {
    const { stage, options, ran } = workshop()
    const second = stage('second', { needs: { first: stage('first') } })
    await make(second, options())
    await make(second, options({ fresh: new Set(['first']) }))
    expect(ran.filter((name) => name === 'first')).toHaveLength(2)
  })

  test('whose result is damaged is made anew, and that is said once', async () => {
    const { stage, options, ran, events, cache } = workshop()
    const thing = stage('thing')
    const made = await make(thing, options())
    truncateSync(made.get('thing')!.outputs['file']!, 1)
    events.length = 0
    const again = await make(thing, options())
    expect(ran).toEqual(['thing', 'thing'])
    expect(readFileSync(again.get('thing')!.outputs['file']!, 'utf8')).toBe('thing of "a"\n')
    expect(inCache(cache)).toHaveLength(1)
    // (The lock of the first build may take a moment to be free, which is said, too.)
    expect(kinds(events).filter((event) => event !== 'thing waiting')).toEqual([
      'thing broken',
      'thing started',
      'thing built',
    ])
  })
})

describe('where several plans are made by one process', () => {
  const sharing = (): Shared => ({ made: new Map(), damaged: new Map() })

  test('what they share is made once, and each has its own', async () => {
    const { stage, options, ran, events } = workshop()
    const root = stage('root', { given: () => 'the same' })
    const top = stage('top', { needs: { root } })
    const shared = sharing()
    const both = await Promise.all(
      ['a', 'b'].map((name) => make(top, options({ plan: planNamed(name), shared }))),
    )
    expect(ran.toSorted()).toEqual(['root', 'top', 'top'])
    expect(both[0]!.get('root')!.folder).toBe(both[1]!.get('root')!.folder)
    expect(both[0]!.get('top')!.folder).not.toBe(both[1]!.get('top')!.folder)
    expect(kinds(events)).not.toContain('root waiting')
  })

  test('what they share is read once, too', async () => {
    const { stage, options, events } = workshop()
    const root = stage('root', { given: () => 'the same' })
    const top = stage('top', { needs: { root } })
    const all = (more: Partial<MakeOptions>) =>
      ['a', 'b'].map((name) => make(top, options({ plan: planNamed(name), ...more })))
    await Promise.all(all({ shared: sharing() }))
    events.length = 0
    await Promise.all(all({ shared: sharing(), verify: true }))
    expect(kinds(events).filter((event) => event === 'root verified')).toHaveLength(1)
    expect(kinds(events).filter((event) => event === 'top verified')).toHaveLength(2)
  })

  test('one that fails stops nothing that another waits for', async () => {
    const { stage, options, ran } = workshop()
    let go: () => void = () => undefined
    const gone = new Promise<void>((done) => (go = done))
    const root = stage('root', {
      given: () => 'the same',
      async run({ out, signal }) {
        await gone
        if (signal.aborted) throw new Error('was stopped')
        writeFileSync(out['file']!, '')
      },
    })
    const bad = stage('bad', {
      given: ({ name }: Plan) => (name === 'a' ? name : undefined),
      run: () => Promise.reject(new Error('is bad')),
    })
    const top = stage('top', { needs: { root, bad } })
    const shared = sharing()
    const failing = failure(make(top, options({ plan: planNamed('a'), shared })))
    await until(() => ran.includes('bad') && ran.includes('root'))
    const other = make(top, options({ plan: planNamed('b'), shared }))
    go()
    expect((await failing) as StageError).toMatchObject({ stage: 'bad' })
    expect((await other).get('top')!.cached).toBe(false)
  })

  test('what fails of a shared stage fails all of them, of one and the same error, and is tried once', async () => {
    const { stage, options, ran } = workshop()
    const root = stage('root', {
      given: () => 'the same',
      run: () => Promise.reject(new Error('is bad')),
    })
    const top = stage('top', { needs: { root } })
    const shared = sharing()
    const errors = await Promise.all(
      ['a', 'b'].map((name) => failure(make(top, options({ plan: planNamed(name), shared })))),
    )
    expect(errors[0]).toBeInstanceOf(StageError)
    expect(errors[1]).toBe(errors[0])
    expect(ran).toEqual(['root'])
  })
})

test('a result that says of itself that it has other outputs than its stage is made anew', async () => {
  const { stage, options, ran, events } = workshop()
  const thing = stage('thing')
  const folder = (await make(thing, options())).get('thing')!.folder
  const entry = join(folder, 'entry.json')
  const text = readFileSync(entry, 'utf8')
  for (const other of [
    text.replace('"file"', '"fill"'), // the one bit of it
    text.replace('"thing.txt"', `"../${basename(folder)}/thing.txt"`),
    text.replace(/"outputs": \{[^]*$/, '"outputs": {} }'),
  ]) {
    expect(other).not.toBe(text)
    writeFileSync(entry, other)
    ran.length = events.length = 0
    const again = await make(thing, options())
    expect(ran).toEqual(['thing'])
    expect(again.get('thing')!.outputs).toEqual({ file: join(folder, 'thing.txt') })
    expect(events.filter(({ kind }) => kind === 'broken')).toHaveLength(1)
  }
})

describe('where every byte is read', () => {
  /** Three stages that are there, each made with the one before; the first one's bytes are altered. */
  async function altered() {
    const shop = workshop()
    const first = shop.stage('first')
    const second = shop.stage('second', { needs: { first } })
    const third = shop.stage('third', { needs: { second } })
    const made = await make(third, shop.options())
    const file = made.get('first')!.outputs['file']!
    const entry = join(made.get('first')!.folder, 'entry.json')
    writeFileSync(file, readFileSync(file, 'utf8').toUpperCase())
    const { mtimeMs } = statSync(file)
    writeFileSync(
      entry,
      readFileSync(entry, 'utf8').replace(/"mtime_ms": [\d.]+/, `"mtime_ms": ${mtimeMs}`),
    )
    shop.ran.length = shop.events.length = 0
    return { ...shop, third, file }
  }

  test('a damaged result far below, whose size and time are right, is found, and made anew with all that was made with it', async () => {
    const { third, options, ran, events, file } = await altered()
    await make(third, options({ verify: true }))
    expect(ran).toEqual(['first', 'second', 'third'])
    expect(readFileSync(file, 'utf8')).toBe('first of "a"\n')
    expect(events.filter(({ kind }) => kind === 'broken')).toEqual([
      { kind: 'broken', stage: 'first', what: 'file has changed' },
      { kind: 'broken', stage: 'second', what: 'it was made with first, which is damaged' },
      { kind: 'broken', stage: 'third', what: 'it was made with second, which is damaged' },
    ])
  })

  test('what is as it was made is told, and taken', async () => {
    const { third, options, ran, events } = await altered()
    await make(third, options({ verify: true }))
    ran.length = events.length = 0
    await make(third, options({ verify: true }))
    expect(ran).toEqual([])
    expect(kinds(events)).toEqual([
      'first verified',
      'second verified',
      'third verified',
      'third cached',
    ])
  })

  test('what is no longer there, and not needed, is not made', async () => {
    const { third, options, ran, cache } = await altered()
    for (const name of inCache(cache))
      if (name.startsWith('first')) rmSync(join(cache.dir, name), { recursive: true })
    await make(third, options({ verify: true }))
    expect(ran).toEqual([])
  })

  test('only who asks for it pays for it', async () => {
    const { third, options, ran } = await altered()
    await make(third, options())
    expect(ran).toEqual([])
  })
})

describe('a stage that fails', () => {
  test('is told with its message and the path of the log, and leaves nothing', async () => {
    const { stage, options, cache, events } = workshop()
    const bad = stage('bad', {
      run: ({ out }) => (
        writeFileSync(out['file']!, 'half'),
        Promise.reject(new Error('no more notes'))
      ),
    })
    const error = (await failure(make(bad, options()))) as StageError
    expect(error).toBeInstanceOf(StageError)
    expect(error).toMatchObject({
      message: 'bad: no more notes',
      stage: 'bad',
      log: 'logs/some.log',
      lines: [],
    })
    expect(inCache(cache)).toEqual([])
    expect(kinds(events)).toEqual(['bad started', 'bad failed'])
  })

  test('because an output is not there leaves nothing, however much of the rest is', async () => {
    const { stage, options, cache } = workshop()
    const bad = stage('bad', {
      outputs: { one: 'one.txt', two: 'two.txt' },
      run: ({ out }) => writeFileSync(out['one']!, ''),
    })
    expect(await failure(make(bad, options()))).toMatchObject({
      name: 'StageError',
      message: 'bad: did not write its output two (two.txt)',
    })
    expect(inCache(cache)).toEqual([])
  })

  test('because an output is a link, which would lead out of the sandbox, or a pipe, is told, and nothing of it is copied', async () => {
    const { folder, stage, options, cache } = workshop()
    write(folder, { secret: 'of the machine' })
    for (const write_it of [
      (file: string) => symlinkSync(join(folder, 'secret'), file),
      (file: string) => void spawnSync('mkfifo', [file]),
    ]) {
      const bad = stage('bad', { evidence: ['file'], run: ({ out }) => write_it(out['file']!) })
      const error = await failure(make(bad, options({ logFile: join(folder, 'a.log') })))
      expect(error).toMatchObject({
        name: 'StageError',
        message: 'bad: its output file (bad.txt) is neither a file nor a folder',
      })
      expect(inCache(cache)).toEqual([])
      expect(readdirSync(folder).filter((name) => name.startsWith('a-'))).toEqual([])
    }
  })

  test('leaves the result that was there before', async () => {
    const { stage, options } = workshop()
    let broken = false
    const thing = stage('thing', {
      run: ({ out }) => (
        writeFileSync(out['file']!, 'whole'),
        broken ? Promise.reject(new Error('x')) : Promise.resolve()
      ),
    })
    const made = await make(thing, options())
    broken = true
    await failure(make(thing, options({ fresh: 'all' })))
    expect(readFileSync(made.get('thing')!.outputs['file']!, 'utf8')).toBe('whole')
  })

  test('is not made into something else: a proof that failed stays one, and so do wrong choices', async () => {
    for (const [error, kind] of [
      [new ProofError('1 of 2 proofs failed'), ProofError],
      [new UserError('x.yaml:1:1 no'), UserError],
      [new HostError('no', 'yes'), HostError],
    ] as const) {
      const { stage, options } = workshop()
      const thrown = await failure(
        make(stage('bad', { run: () => Promise.reject(error) }), options()),
      )
      expect(thrown).toBe(error)
      expect(thrown).toBeInstanceOf(kind)
    }
  })

  test('keeps what others have finished', async () => {
    const { stage, options, cache } = workshop()
    const good = stage('good')
    await failure(
      make(stage('bad', { needs: { good }, run: () => Promise.reject(new Error('x')) }), options()),
    )
    expect(inCache(cache)).toEqual([`good-${keyOf(good, planNamed('a')).slice(0, 16)}`])
  })

  test('does not let what needs it begin', async () => {
    const { stage, options, ran } = workshop()
    await failure(
      make(
        stage('top', {
          needs: { bad: stage('bad', { run: () => Promise.reject(new Error('x')) }) },
        }),
        options(),
      ),
    )
    expect(ran).toEqual(['bad'])
  })
})

test('a disk that is full is told before the first stage runs, with what to do', async () => {
  const { stage, options, ran } = workshop()
  const error = (await failure(make(stage('thing'), options({ spare_gib: 1e9 })))) as HostError
  expect(error).toBeInstanceOf(HostError)
  expect(error.message).toMatch(/^the disk of .* is full: [\d.]+ GiB free, 1000000000 GiB needed$/)
  expect(error.mend).toBe(
    'make room there (./downbeat clean removes what is cached), then run the same command again',
  )
  expect(ran).toEqual([])
})

test('a build that was stopped before it began makes nothing', async () => {
  const { stage, options, ran, cache } = workshop()
  expect(
    await failure(make(stage('thing'), options({ signal: AbortSignal.abort() }))),
  ).toBeInstanceOf(Interrupted)
  expect(ran).toEqual([])
  expect(inCache(cache)).toEqual([])
})

describe('what a killed build left behind', () => {
  test('is swept away when the stage is made again, of this key and of others', async () => {
    const { stage, options, cache } = workshop()
    const thing = stage('thing')
    const home = cache.folder('thing', keyOf(thing, planNamed('a')))
    write(`${home}.half`, { 'out/thing.txt': 'half', 'work/deep/x': 'x' })
    write(join(cache.dir, 'thing-0123456789abcdef.half'), { 'work/x': 'x' })
    const made = await make(thing, options())
    expect(readFileSync(made.get('thing')!.outputs['file']!, 'utf8')).toBe('thing of "a"\n')
    expect(inCache(cache)).toEqual([home.slice(cache.dir.length + 1)])
  })

  test('is left alone where it belongs to another stage', async () => {
    const { stage, options, cache } = workshop()
    const other = join(cache.dir, 'things-0123456789abcdef.half')
    write(other, { 'work/x': 'x' })
    await make(stage('thing'), options())
    expect(existsSync(other)).toBe(true)
  })
})

describe('two builds at once', () => {
  test('make the same stage once, and the second one waits for it and says so', async () => {
    const { stage, options, ran, events } = workshop()
    const thing = stage('thing', {
      run: async ({ out }) => {
        await until(() => kinds(events).includes('thing waiting'))
        writeFileSync(out['file']!, 'once')
      },
    })
    const both = await Promise.all([make(thing, options()), make(thing, options())])
    expect(ran).toEqual(['thing'])
    expect(both.filter((made) => made.get('thing')!.cached)).toHaveLength(1)
  })

  test('make different variants of a stage side by side, and neither sweeps away what the other is working on', async () => {
    const { stage, options, ran } = workshop()
    let met = 0
    const thing = stage('thing', {
      run: async ({ out, work }) => {
        write(work, { mine: '' })
        met++
        await until(() => met === 2)
        expect(existsSync(join(work, 'mine'))).toBe(true)
        writeFileSync(out['file']!, '')
      },
    })
    await Promise.all([make(thing, options()), make(thing, options({ plan: planNamed('b') }))])
    expect(ran).toEqual(['thing', 'thing'])
  })

  test('do not share a failure: when the first one fails, the second one tries', async () => {
    const { stage, options, ran, events } = workshop()
    const thing = stage('thing', {
      run: async ({ out }) => {
        if (ran.length > 1) return writeFileSync(out['file']!, '')
        await until(() => kinds(events).includes('thing waiting'))
        throw new Error('x')
      },
    })
    const results = await Promise.allSettled([make(thing, options()), make(thing, options())])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('a stage that a plan does without', () => {
  test('is not made, and those that need it are told so', async () => {
    const { stage, options, ran } = workshop()
    const maybe = stage('maybe', {
      given: (plan: Plan) => (plan.name === 'a' ? undefined : plan.name),
    })
    const top = stage('top', {
      needs: { maybe },
      run: ({ from, out }) => writeFileSync(out['file']!, typeof from['maybe']),
    })
    const made = await make([maybe, top], options())
    expect(ran).toEqual(['top'])
    expect([...made.keys()]).toEqual(['top'])
    expect(readFileSync(made.get('top')!.outputs['file']!, 'utf8')).toBe('undefined')

    const other = await make(top, options({ plan: planNamed('b') }))
    expect(ran).toEqual(['top', 'maybe', 'top'])
    expect(readFileSync(other.get('top')!.outputs['file']!, 'utf8')).toBe('object')
    expect(keyOf(top, planNamed('a'))).not.toBe(keyOf(top, planNamed('b')))
  })
})

test('offline a stage that would use the network is refused before it starts, unless its result is there', async () => {
  const { stage, options, ran } = workshop()
  const net = stage('net', { network: true })
  const settings = { jobs: 1, network: { mirrors: [], offline: true, proxies: {} } }
  const refused = await failure(make(net, options({ settings })))
  expect(refused).toMatchObject({
    message: 'net is not in the cache, and making it needs the network',
    mend: expect.stringContaining('DOWNBEAT_OFFLINE'),
  })
  expect(ran).toEqual([])
  await make(net, options())
  await make(net, options({ settings }))
  expect(ran).toEqual(['net'])
})

// From here on stages run commands, which needs what ./downbeat doctor asks for: user namespaces,
// and for an ordinary user a range of ids.
describe('the commands of a stage', () => {
  test('are heard line by line, and the last thirty are told when one fails', async () => {
    const { stage, options, events } = workshop()
    const bad = stage('bad', {
      run: ({ $ }) => $`for i in $(seq 40); do echo "line $i"; done; echo oops >&2; exit 3`,
    })
    const error = (await failure(make(bad, options()))) as StageError
    expect(error).toMatchObject({ name: 'StageError', message: 'bad: exit status 3' })
    expect(error.lines).toHaveLength(30)
    expect(error.lines).toContain('oops')
    expect(events.filter(({ kind }) => kind === 'line')).toHaveLength(41)
  })

  test('know the time of what they make, and are told of the network only in stages that use it', async () => {
    const { stage, options } = workshop()
    const settings = {
      jobs: 1,
      network: { mirrors: [], offline: false, proxies: { http_proxy: 'proxy.invalid' } },
    }
    const ask = (name: string, network: boolean) =>
      stage(name, {
        network,
        ...(network ? { given: () => ({ epoch: 1_700_000_000 }) } : {}),
        run: async ({ $, out }) =>
          writeFileSync(
            out['file']!,
            await $.text`echo "$SOURCE_DATE_EPOCH" "\${http_proxy-none}"`,
          ),
      })
    const made = await make(
      stage('top', { needs: { with: ask('with', true), without: ask('without', false) } }),
      options({ settings }),
    )
    expect(readFileSync(made.get('with')!.outputs['file']!, 'utf8')).toBe(
      '1700000000 proxy.invalid',
    )
    // whatever the image
    expect(readFileSync(made.get('without')!.outputs['file']!, 'utf8')).toBe('1767225600 none')
  })

  test('are counted: what a stage has cost is in its entry', async () => {
    const { stage, options } = workshop()
    const thing = stage('thing', {
      run: async ({ $, out }) => (
        await $`i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done`,
        writeFileSync(out['file']!, '')
      ),
    })
    const { usage, wall_s } = (await make(thing, options())).get('thing')!.entry
    expect(usage.user + usage.system).toBeGreaterThan(0)
    expect(wall_s).toBeGreaterThan(0)
  })

  test('are stopped when a sibling fails, and the sibling is the one that is told', async () => {
    const { stage, options, cache, events } = workshop()
    const seconds = ownSleep()
    const slow = stage('slow', { run: ({ $ }) => $`sleep ${seconds}; true` })
    const bad = stage('bad', {
      run: async () => {
        await until(() => isRunning(seconds))
        throw new Error('no more notes')
      },
    })
    const error = await failure(make(stage('top', { needs: { slow, bad } }), options()))
    expect(error).toMatchObject({ name: 'StageError', message: 'bad: no more notes' })
    await until(() => !isRunning(seconds))
    expect(inCache(cache)).toEqual([])
    expect(kinds(events).toSorted()).toEqual(['bad failed', 'bad started', 'slow started'])
  })

  test('are gone after Ctrl-C, and no half folder is left', async () => {
    const { stage, options, cache } = workshop()
    const seconds = ownSleep()
    const stop = new AbortController()
    const done = stage('done')
    const slow = stage('slow', {
      needs: { done },
      run: ({ $, out }) => $`echo half >${out['file']}; sleep ${seconds}; true`,
    })
    const running = failure(make(slow, options({ signal: stop.signal })))
    await until(() => isRunning(seconds))
    stop.abort()
    expect(await running).toBeInstanceOf(Interrupted)
    await until(() => !isRunning(seconds))
    expect(inCache(cache)).toEqual([`done-${keyOf(done, planNamed('a')).slice(0, 16)}`])
  })

  test('go on after Ctrl-C from where the build was stopped', async () => {
    const { stage, options, ran } = workshop()
    const seconds = ownSleep()
    const stop = new AbortController()
    let patient = false
    const slow = stage('slow', {
      needs: { done: stage('done') },
      run: ({ $, out }) => (patient ? $`: >${out['file']}` : $`sleep ${seconds}; true`),
    })
    const running = failure(make(slow, options({ signal: stop.signal })))
    await until(() => isRunning(seconds))
    stop.abort()
    await running
    patient = true
    await make(slow, options())
    expect(ran).toEqual(['done', 'slow', 'slow'])
  })
})

test('what a failed stage has to say for itself is kept beside the log, and the error names it', async () => {
  const { folder, stage, options } = workshop()
  const boot = stage('boot', {
    outputs: { console: 'console.log', results: 'proofs.json' },
    evidence: ['console', 'results'],
    run: ({ out }) => {
      writeFileSync(out['console']!, 'kernel panic\n')
      throw new ProofError('1 of 2 proofs failed')
    },
  })
  const error = await failure(make(boot, options({ logFile: join(folder, 'run.log') })))
  expect(error).toBeInstanceOf(ProofError)
  expect((error as Error).message).toBe(
    `1 of 2 proofs failed\n  console: ${join(folder, 'run-boot-console.log')}`,
  )
  expect(readFileSync(join(folder, 'run-boot-console.log'), 'utf8')).toBe('kernel panic\n')
})

test('what a build has used is marked in the cache, also what nothing had to look at; what it did without is not', async () => {
  const { cache, stage, options } = workshop()
  const first = stage('first')
  const last = stage('last', { needs: { first } })
  const other = stage('other')
  const left = stage('left', { given: () => undefined })
  await make([last, other], options())
  const entry = (of: AnyStage): string =>
    join(cache.folder(of.name, keyOf(of, planNamed('a'))), 'entry.json')
  const used = (of: AnyStage): number => statSync(entry(of)).mtimeMs
  for (const of of [first, last, other]) utimesSync(entry(of), 1000, 1000)
  const now = Date.now()
  expect([...markUsed([last, left], planNamed('a'), cache)].sort()).toEqual(
    [first, last].map((of) => join(entry(of), '..')).sort(),
  )
  expect([first, last, other].map((of) => used(of) >= now - 1000)).toEqual([true, true, false])
  // It is as good as before.
  expect((await make([last], options())).get('last')!.cached).toBe(true)
})

describe('a stage that looks first', () => {
  const refuses = () => {
    throw new UserError('a package is not there')
  }

  test('is made before all others, but for what it needs itself', async () => {
    const { stage, options, ran } = workshop()
    const toolbox = stage('toolbox')
    const look = stage('look', { needs: { toolbox } })
    const root = stage('root', { needs: { toolbox } })
    const kernel = stage('kernel', { needs: { toolbox } })
    await make([root, kernel], options({ first: { stage: look, unless: root } }))
    expect(ran.slice(0, 2)).toEqual(['toolbox', 'look'])
    expect(ran.slice(2).sort()).toEqual(['kernel', 'root'])
  })

  test('keeps all others from being made where it refuses', async () => {
    const { stage, options, ran } = workshop()
    const look = stage('look', { run: refuses })
    const [root, kernel] = [stage('root'), stage('kernel')]
    const error = await failure(
      make([kernel, root], options({ first: { stage: look, unless: root } })),
    )
    expect(error).toBeInstanceOf(UserError)
    expect(ran).toEqual(['look'])
  })

  test('is not asked where the result is there that it looks for, and where all is', async () => {
    const { stage, options, ran } = workshop()
    const look = stage('look', { run: refuses })
    const [root, kernel] = [stage('root'), stage('kernel')]
    await make(root, options())
    await make([root, kernel], options({ first: { stage: look, unless: root } }))
    expect(ran).toEqual(['root', 'kernel'])
  })

  test('is asked again where that result is to be made anew', async () => {
    const { stage, options, ran } = workshop()
    const look = stage('look')
    const root = stage('root')
    await make(root, options())
    const first = { stage: look, unless: root }
    await make(root, options({ first, fresh: new Set(['root']) }))
    expect(ran).toEqual(['root', 'look', 'root'])
  })
})
