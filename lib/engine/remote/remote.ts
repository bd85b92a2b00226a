import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../common/files/sha256.ts'
import { messageOf } from '../../common/words/errors.ts'
import { withoutSecrets } from '../../common/words/secrets.ts'
import { visible } from '../../common/words/visible.ts'
import { contentsOf } from '../cache/contents.ts'
import type { Entry } from '../cache/cache.ts'
import { addressOf } from '../fetch/address.ts'
import { download } from '../fetch/download.ts'
import { defaultPatience } from '../fetch/patience.ts'
import { request } from '../fetch/request.ts'
import type { Usage } from '../shell/shell.ts'
import { pack, unpack } from './pack.ts'
import { put } from './put.ts'
import { apart, lineOf, LONGEST_RECORD, readRecord, withSignature } from './record.ts'
import type { RemoteRecord } from './record.ts'
import { sign, verify } from './signatures.ts'

/** Where results of others are looked for, and who is believed. */
export interface RemoteSettings {
  /** addresses, asked in this order; the first takes what was made here, too */
  stores: readonly string[]
  /** a file of allowed signers */
  signers: string
  /** the private key that signs what was made here; undefined: nothing is given away */
  key?: string | undefined
}

/** How it reaches the network, and where it works. */
export interface Surroundings {
  proxies: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** a folder for what is being fetched, on the disk of the cache */
  folder: string
  /** seconds that are always waited, though making it would be quicker */
  always_s?: number
  /** a line that people see */
  say: (line: string) => void
}

/** What another machine has made, by the key of its stage. Whatever fails costs time only. */
export interface Remote {
  /**
   * Puts the outputs of a stage into a folder, which is empty; gives what making them cost.
   * undefined: nobody has them, or nobody who is believed.
   */
  fetch(
    stage: string,
    key: string,
    outputs: Readonly<Record<string, string>>,
    into: string,
  ): Promise<{ wall_s: number; usage: Usage } | undefined>
  /** Gives a result away. */
  store(entry: Entry, folder: string): Promise<void>
}

/** Seconds that are always waited; otherwise nothing may take longer than to make it here. */
const ALWAYS = 60

export function openRemote(settings: RemoteSettings, around: Surroundings): Remote {
  const dead = new Set<string>()
  /** What a store does wrong is said once, and it is not asked again. */
  const giveUp = (store: string, what: string, error: unknown): void => {
    if (dead.has(store) || around.signal.aborted) return
    dead.add(store)
    const [why] = messageOf(error).split('\n')
    around.say(`! ${withoutSecrets(store)}: ${what}: ${visible(why!)}; it is not asked any more`)
  }
  const alive = (): string[] => settings.stores.filter((store) => !dead.has(store))
  return {
    async fetch(stage, key, outputs, into) {
      for (const store of alive()) {
        try {
          const record = await recordIn(store, stage, key, settings.signers, {
            ...around,
            signal: within(around, 0),
          })
          if (record === undefined) continue
          const has = Object.entries(record.outputs).map(([name, { path }]) => `${name} ${path}`)
          const wanted = Object.entries(outputs).map(([name, path]) => `${name} ${path}`)
          if (has.sort().join() !== wanted.sort().join()) throw new Error('it has other outputs')
          await outputsOf(record, store, into, around)
          return { wall_s: record.wall_s, usage: record.usage }
        } catch (error) {
          giveUp(store, `its ${stage} is of no use`, error)
          rmSync(into, { recursive: true, force: true })
          mkdirSync(into)
        }
      }
      return undefined
    },
    async store(entry, folder) {
      const [store] = settings.stores
      const { key } = settings
      if (key === undefined || store === undefined || dead.has(store)) return
      try {
        await give(entry, folder, store, key, around)
      } catch (error) {
        giveUp(store, `${entry.stage} could not be stored there`, error)
      }
    },
  }
}

/** Stops after so many seconds, or after those that are always waited if they are more. */
const within = ({ signal, always_s = ALWAYS }: Surroundings, seconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(Math.max(always_s, seconds) * 1000))])

const recordAt = (store: string, key: string): string => `${store.replace(/\/+$/, '')}/ac/${key}`
const partAt = (store: string, sum: string): string => `${store.replace(/\/+$/, '')}/cas/${sum}`

/** The record of a result, signed by somebody who is believed; undefined: the store has none. */
async function recordIn(
  store: string,
  stage: string,
  key: string,
  signers: string,
  { proxies, signal }: Surroundings,
): Promise<RemoteRecord | undefined> {
  const address = addressOf(recordAt(store, key), [])
  const reply = await request(address, {}, { proxies, patience: defaultPatience, signal })
  try {
    if (reply.status === 404) return undefined
    if (reply.status !== 200) throw new Error(`the server answers ${reply.status}`)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of reply.body) {
      bytes += chunk.length
      if (bytes > LONGEST_RECORD) throw new Error('the record is too long for one')
      chunks.push(chunk)
    }
    const { line, signature } = apart(Buffer.concat(chunks).toString('utf8'))
    await verify(line, signature, signers).catch((error: unknown) => {
      // env(1): the program was not found
      if ((error as { code?: unknown }).code === 127)
        throw new Error(
          'ssh-keygen is missing here, which checks signatures: sudo apt-get install openssh-client',
        )
      throw new Error('the record is signed by nobody who is believed here, or no longer')
    })
    return readRecord(line, stage, key)
  } finally {
    reply.close()
  }
}

/** Fetches, checks and unpacks all outputs. */
async function outputsOf(
  record: RemoteRecord,
  store: string,
  into: string,
  around: Surroundings,
): Promise<void> {
  const { proxies, folder } = around
  // a server that gives a byte now and then would be waited for longer than all the work takes
  const stop = within(around, record.wall_s)
  for (const { path, kind, contents, packed } of Object.values(record.outputs)) {
    const made = join(into, path)
    const options = { folder, mirrors: [], offline: false, proxies, bytes: packed.bytes }
    try {
      const file = await download(
        { url: partAt(store, packed.sha256), sha256: packed.sha256 },
        { ...options, patience: { pauses: [1000] }, signal: stop },
      )
      await unpack(file, kind, made, { limit: packed.unpacked, signal: stop })
    } catch (error) {
      throw stop.aborted ? new Error('it takes longer than to make it here') : error
    } finally {
      for (const end of ['', '.part', '.part.json'])
        rmSync(join(folder, `${packed.sha256}${end}`), { force: true })
    }
    if ((await sumOf(made, kind)) !== contents)
      throw new Error(`${path} is not what its record says`)
  }
}

const sumOf = (path: string, kind: 'file' | 'folder'): Promise<string> =>
  kind === 'file' ? sha256(path) : contentsOf(path)

/** Stores the outputs of a result, and then its record: who finds that finds all of it. */
async function give(
  { stage, key, outputs, wall_s, usage }: Entry,
  folder: string,
  store: string,
  signing: string,
  around: Surroundings,
): Promise<void> {
  const work = mkdtempSync(join(around.folder, 'packed-'))
  const to = { ...around, signal: within(around, wall_s) }
  try {
    const record: RemoteRecord = { form: 1, stage, key, outputs: {}, wall_s, usage }
    for (const [name, { path }] of Object.entries(outputs)) {
      const made = join(folder, path)
      const kind = lstatSync(made).isDirectory() ? 'folder' : 'file'
      const file = join(work, name)
      const packed = await pack(made, kind, file, to.signal)
      await put(partAt(store, packed.sha256), { file, bytes: packed.bytes }, to)
      record.outputs[name] = { path, kind, contents: await sumOf(made, kind), packed }
    }
    const line = lineOf(record)
    await put(recordAt(store, key), { text: withSignature(line, await sign(line, signing)) }, to)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
