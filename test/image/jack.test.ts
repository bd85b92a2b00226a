import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../../lib/errors.ts'
import type { Plan } from '../../lib/plan.ts'
import { resolve } from '../../lib/resolve.ts'
import type { Arch } from '../../lib/schema/common.ts'
import { runStages } from '../../scripts/session.ts'
import { root } from '../downbeat.ts'
import { jack } from '../../stages/jack.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { jackRuns } from './jack.ts'
import { releaseMirror } from './mirror.ts'

type JackSource = Plan['jack']['sources'][number]
const plan = resolve(root, join(root, 'image.yaml'))

/** The same for another architecture. */
async function planFor(arch: Arch): Promise<Plan> {
  if (arch === plan.jack.arch) return plan
  return { ...plan, toolbox: { ...plan.toolbox, arch, mirror: await releaseMirror() }, jack: { ...plan.jack, arch } }
}

// Packages for the first Pi and for 32-bit systems are in no image that is built here: they are built, and run.
describe.for([
  ['arm64', 'AArch64'],
  ['armhf', 'ARM'],
  ['armel', 'ARM'],
] as const)('JACK for %s', ([arch, machine]) => {
  let said: string[]
  beforeAll(async () => {
    const { made } = await runStages(await planFor(arch), [jackRuns], { quiet: true })
    said = readFileSync(made.get('jack-runs')!.outputs['said']!, 'utf8').split('\n')
  })
  const answer = (server: string, what: string): string =>
    said.find((line) => line.startsWith(`${arch} ${server} ${what} `))?.slice(`${arch} ${server} ${what} `.length) ?? 'nothing was said'

  test.for(['jack1', 'jack2'])('%s is for this machine, and has no D-Bus in it', (server) => {
    expect(answer(server, 'machine')).toBe(machine)
    expect(answer(server, 'needs')).toContain('libjackserver.so.0')
    expect(answer(server, 'needs')).not.toMatch(/dbus|expat|python/)
  })

  test.for(['jack1', 'jack2'])('%s serves sound, MIDI, transport and properties on a processor that minds alignment', (server) => {
    expect(answer(server, 'client')).toBe('position 144 spoiled 0 property 1 sound 1 notes 1 wrong 0')
    expect(answer(server, 'ended')).toBe('0')
  })

  test('a program has the same jack_position_t whatever header of JACK it includes first', () => {
    const sizes = (headers: string): string[] =>
      ['jack', 'types', 'transport', 'session', 'midiport'].map((first) => answer(headers, `position ${first}`))
    expect(sizes('after')).toEqual(Array(5).fill('144'))
    expect(sizes('jack2')).toEqual(Array(5).fill('144'))
    // Where this is not so any more, the patch is not needed any more.
    if (arch === 'arm64') expect(sizes('before')).toEqual(['144', '144', '136', '144', '144'])
  })

  test.for(['jack1', 'jack2'])('%s ends with an error when there is no such card', (server) => {
    expect(answer(server, 'card')).toMatch(/^(1|255)$/)
  })

  test.for(['jack1', 'jack2'])('%s ends in peace when the MIDI driver finds no sequencer', (server) => {
    expect(answer(server, 'slave')).toMatch(/^(0|255)$/)
  })

  test('jack2 tells the true length of an xrun', () => {
    // that of the cycle in which the server was stopped; a 64-bit figure printed as 32 bits was some 10^9
    const [, usecs, lived] = /^XRun = (\d+) usec of (\d+)$/.exec(answer('jack2', 'xrun')) ?? []
    expect(Number(usecs)).toBeGreaterThan(0)
    expect(Number(usecs)).toBeLessThan(Number(lived))
  })

  // Each of these fails without the patch of packages/jackd2 that it names.
  test('jack2 sends each note of a client to the sequencer once (slaves-before-clients)', () => {
    expect(answer('jack2', 'notes')).toBe('heard 20 lost 0 twice 0')
  })

  test('jack2 has ports for a MIDI device that goes and comes back at once, and none for one that is gone (alsa-seqmidi-quick-replug)', () => {
    expect(answer('jack2', 'ports')).toBe('missing 0 left 0')
  })

  test('jack2 loses no note, and keeps their order, when the times of the sequencer run back (alsa-seqmidi-event-times)', () => {
    expect(answer('jack2', 'times')).toBe('1234 1234 1234')
  })

  test('jack2 makes a segment of less than 5 MB for 16 ports', () => {
    expect(Number(answer('jack2', 'segment'))).toBeGreaterThan(100_000)
    expect(Number(answer('jack2', 'segment'))).toBeLessThan(5_000_000)
  })
})

describe('what the packages are made of', () => {
  /** What is said of a build of the packages from sources in which something is different. */
  const said = async (change: (source: JackSource) => Partial<JackSource>): Promise<string> => {
    const sources = plan.jack.sources.map((source) => ({ ...source, ...change(source) }))
    return await runStages({ ...plan, jack: { ...plan.jack, sources } }, [jack], { quiet: true }).then(
      () => 'nothing was said',
      (error: unknown) => (error instanceof UserError ? error.message : String(error)),
    )
  }

  test('a patch that no longer applies is named, with the hunk and the file', async () => {
    const spoiled = await said(({ id, patches }) => ({
      patches:
        id === 'jackd1'
          ? patches.map((patch) => ({ ...patch, text: patch.text.replace('-\t\tjack_client_delete', '-\t\tjack_client_free') }))
          : patches,
    }))
    expect(spoiled).toMatch(
      /^packages\/jackd1\/debian\/patches\/failing-slave-driver\.patch: hunk 1 does not fit jackd\/engine\.c at line \d+; the source has changed there: make the patch anew$/,
    )
  })

  test('a tarball with another hash than the one that is known is refused, and the good one is kept', async () => {
    const wrong = '0'.repeat(64)
    const refused = await said(({ orig }) => ({ orig: { ...orig, sha256: wrong } }))
    const [{ orig }] = plan.jack.sources as [JackSource]
    expect(refused).toBe(
      `packages/jackd1.yaml: orig.sha256: expected ${wrong}, but the archive's ${basename(orig.path)} has ${orig.sha256}`,
    )
    const kept = readFileSync(join(root, 'out/cache/kept/sources', basename(orig.path)))
    expect(createHash('sha256').update(kept).digest('hex')).toBe(orig.sha256)
  })

  test('a tarball that the archive does not have is named, with what to do', async () => {
    const missing = await said(({ orig }) => ({ orig: { ...orig, path: 'pool/main/j/jackd2/nothing.orig.tar.gz' } }))
    expect(missing).toMatch(/^packages\/jackd1\.yaml: orig\.path: cannot fetch pool\/main\/j\/jackd2\/nothing\.orig\.tar\.gz: /)
  })
})

test.for([
  ['jack1', 'jackd1', 'libjack0'],
  ['jack2', 'jackd2', 'libjack-jackd2-0'],
] as const)('Guitarix installs from Debian beside %s of our own', async ([server, daemon, library]) => {
  const guitar = resolve(root, join(root, 'variants/pi4b-usb-guitar.yaml'), [`jack.server=${server}`])
  const { made } = await runStages(guitar, [rootfs], { quiet: true })
  const versions = new Map(
    readFileSync(made.get('rootfs')!.outputs['packages']!, 'utf8')
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
  expect(versions.get('guitarix')).not.toContain('+rt')
  expect([versions.get(daemon), versions.get(library)]).toEqual([expect.stringMatching(/\+rt\d+$/), expect.stringMatching(/\+rt\d+$/)])
  expect([...versions.keys()].filter((name) => /^(jackd[12]|libjack0|libjack-jackd2-0)$/.test(name)).sort()).toEqual([daemon, library])
})
