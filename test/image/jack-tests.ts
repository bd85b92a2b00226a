import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { Arch } from '../../lib/plan/schema/common.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { jackRuns } from './jack.ts'
import { releaseMirror } from './mirror.ts'
import { packages } from '../../stages/packages.ts'
import { rootfs } from '../../stages/rootfs.ts'

/** What image.yaml asks for, but for an architecture. */
async function planFor(arch: Arch): Promise<Plan> {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  if (arch === plan.jack.arch) return plan
  return {
    ...plan,
    toolbox: { ...plan.toolbox, arch, mirror: await releaseMirror() },
    jack: { ...plan.jack, arch },
  }
}

/**
 * Builds the packages of both servers for an architecture, and runs them on such a processor;
 * `machine` is what readelf calls it. `older` plans an image for older processors.
 */
export const jackRunsOn = (arch: Arch, machine: string, older?: () => Promise<Plan>): void => {
  describe(`JACK for ${arch}${older ? ' of older processors' : ''}`, () => {
    let said: string[]
    beforeAll(async () => {
      const { made } = await runStages(await (older?.() ?? planFor(arch)), [jackRuns], {
        quiet: true,
      })
      said = readFileSync(made.get('jack-runs')!.outputs['said']!, 'utf8').split('\n')
    })
    const answer = (server: string, what: string): string =>
      said
        .find((line) => line.startsWith(`${arch} ${server} ${what} `))
        ?.slice(`${arch} ${server} ${what} `.length) ?? 'nothing was said'

    test.for(['jack1', 'jack2'])('%s is for this machine, and has no D-Bus in it', (server) => {
      expect(answer(server, 'machine')).toBe(machine)
      expect(answer(server, 'needs')).toContain('libjackserver.so.0')
      expect(answer(server, 'needs')).not.toMatch(/dbus|expat|python/)
    })

    test.for(['jack1', 'jack2'])(
      '%s serves sound, MIDI, transport and properties on a processor that minds alignment',
      (server) => {
        expect(answer(server, 'client')).toBe(
          'position 144 spoiled 0 property 1 sound 1 notes 1 wrong 0',
        )
        expect(answer(server, 'ended')).toBe('0')
      },
    )

    test('a program has the same jack_position_t whatever header of JACK it includes first', () => {
      const sizes = (headers: string): string[] =>
        ['jack', 'types', 'transport', 'session', 'midiport'].map((first) =>
          answer(headers, `position ${first}`),
        )
      expect(sizes('after')).toEqual(Array(5).fill('144'))
      expect(sizes('jack2')).toEqual(Array(5).fill('144'))
      // Where this is not so any more, the patch is not needed any more.
      if (arch === 'arm64') expect(sizes('before')).toEqual(['144', '144', '136', '144', '144'])
    })

    test.for(['jack1', 'jack2'])('%s ends with an error when there is no such card', (server) => {
      expect(answer(server, 'card')).toMatch(/^(1|255)$/)
    })

    test.for(['jack1', 'jack2'])(
      '%s ends in peace when the MIDI driver finds no sequencer',
      (server) => {
        expect(answer(server, 'slave')).toMatch(/^(0|255)$/)
      },
    )

    test('jack2 tells the true length of an xrun', () => {
      // that of the cycle in which the server was stopped; a 64-bit figure printed as 32 bits was
      // some 10^9
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
}

const guitarWith = (server: string): Plan =>
  resolve(openCatalogue(root), join(root, 'variants/pi4b-usb-guitar.yaml'), [
    `jack.server=${server}`,
  ])
const ofJack = (names: readonly string[]): string[] =>
  names.filter((name) => /^(jackd[12]|libjack0|libjack-jackd2-0)$/.test(name)).sort()

/**
 * apt, asked before a build, puts no other server beside JACK of our own when a program comes that
 * wants Debian's: `library` is that of the server's package.
 */
export const guitarixComesBeside = (server: string, daemon: string, library: string): void =>
  test(`Guitarix comes from Debian beside ${server} of our own`, async () => {
    const { made } = await runStages(guitarWith(server), [packages], { quiet: true })
    const names = readFileSync(made.get('packages')!.outputs['coming']!, 'utf8').split('\n')
    expect(names).toContain('guitarix')
    expect(ofJack(names)).toEqual([daemon, library])
  })

/** The same, installed. */
export const guitarixBeside = (server: string, daemon: string, library: string): void =>
  test(`Guitarix installs from Debian beside ${server} of our own`, async () => {
    const { made } = await runStages(guitarWith(server), [rootfs], { quiet: true })
    const versions = new Map(
      readFileSync(made.get('rootfs')!.outputs['packages']!, 'utf8')
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    )
    expect(versions.get('guitarix')).not.toContain('+rt')
    expect([versions.get(daemon), versions.get(library)]).toEqual([
      expect.stringMatching(/\+rt\d+$/),
      expect.stringMatching(/\+rt\d+$/),
    ])
    expect(ofJack([...versions.keys()])).toEqual([daemon, library])
  })
