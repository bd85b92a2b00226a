import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { releaseMirror } from '../image/mirror.ts'
import { against, onFat } from '../image/raspios.ts'
import { recordOf } from '../image/variants.ts'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { armv6Boot } from './armv6-boot.ts'

type Built = { status: number | null; said: string }

/** The choices of an image of the stand-in of Raspberry Pi OS. */
const choicesOf = (arch: 'arm64' | 'armhf', name: string, choices: string[]): string[] => [
  `base=raspios-lite-${arch}`,
  `name=${name}`,
  // An emulator with a whole system in it is late with shorter periods.
  'jack.period=1024',
  ...choices,
]

/** What builds such images, with the stages that `until` names, and plans them. */
function builder(arch: 'arm64' | 'armhf') {
  let pi: RaspberryPi
  let own: string
  let mirror: string | undefined
  beforeAll(async () => {
    mirror = arch === 'arm64' ? undefined : await releaseMirror()
    pi = await raspberryPi(arch, mirror)
    own = pi.repository()
  })
  afterAll(() => pi.close())
  return {
    build: (name: string, until: string, ...choices: string[]): Promise<Built> => {
      const sets = choicesOf(arch, name, choices).flatMap((choice) => ['--set', choice])
      return against(pi, own, ['build', ...sets, '--quiet', '--until', until])
    },
    plan: (name: string, ...choices: string[]): Plan =>
      resolve(openCatalogue(own), join(own, 'image.yaml'), choicesOf(arch, name, choices), {
        mirror,
      }),
  }
}

/** An image that was built without a word, and whose proofs have all passed. */
function recordOfPassed(name: string, built: Built): ReturnType<typeof recordOf> {
  expect(built).toEqual({ status: 0, said: expect.not.stringContaining('✖') })
  const record = recordOf(name)
  expect(record.proofs.filter(({ passed }) => !passed)).toEqual([])
  return record
}

describe('Raspberry Pi OS of 64 bit', () => {
  const { build } = builder('arm64')

  test('boots with its tunings in force', async () => {
    const { boots } = recordOfPassed('raspios', await build('raspios', 'boot', 'board=pi3b'))
    expect(boots.map(({ machine }) => machine)).toEqual(['raspi3b'])
  })

  test('runs on its own packaged realtime kernel, too, with its governor held at full speed', async () => {
    const name = 'raspios-packaged'
    const built = await build(name, 'boot', 'board=pi3b', 'kernel.source=packaged')
    const { proofs, stages, boots } = recordOfPassed(name, built)
    expect(boots.map(({ machine }) => machine)).toEqual(['raspi3b'])
    expect(stages['kernel']).toBeUndefined()
    expect(onFat(name, 'config.txt')).toMatch(/^kernel=kernel8_rt\.img$/m)
    expect(onFat(name, 'config.txt')).toMatch(/^dtoverlay=vc4-kms-v3d$/m)
    expect(proofs.map(({ tuning }) => tuning)).toContain('packaged-kernel')
  })
})

describe('Raspberry Pi OS of 32 bit', () => {
  const { build, plan } = builder('armhf')
  const first = ['board=[pi0, pi0w, pi1b]', 'tunings.scheduling-latency=off']

  test('boots with its tunings in force', async () => {
    const name = 'raspios-32'
    const { boots, proofs } = recordOfPassed(name, await build(name, 'boot', 'board=pi2b'))
    expect(boots.map(({ machine }) => machine)).toEqual(['raspi2b'])
    expect(proofs.find(({ tuning }) => tuning === 'base')?.seen).toMatch(/ for v7$/)
  })

  test('for the first boards has nothing of ours in it that they do not run', async () => {
    const name = 'raspios-armv6'
    const { proofs } = recordOfPassed(name, await build(name, 'verify', ...first))
    expect(proofs.find(({ tuning }) => tuning === 'base')?.seen).toMatch(/^\d+ files for v6K$/)
  })

  // The packages of the stand-in are Debian's, for ARMv7: an emulated first board does not run them.
  test('for the first boards starts on one of them, and what we add runs there', async () => {
    const { made } = await runStages(plan('raspios-armv6', ...first), [armv6Boot], { quiet: true })
    const said = readFileSync(made.get('armv6-boot')!.outputs['said']!, 'utf8')
    expect(said).toMatch(/^said kernel armv6l .*PREEMPT_RT/m)
    expect(said).toContain('position 144 spoiled 0 property 1 sound 1 notes 1 wrong 0')
    expect(said).toMatch(/^hostname\tfirst$/m)
    for (const program of [
      'downbeat-settings',
      'client',
      'downbeat-tone',
      'downbeat-xruns',
      'jackd',
    ])
      expect(said).toMatch(new RegExp(`^said ${program} 0$`, 'm'))
  })

  test('for the first boards with a program for newer ones in it is refused, with its name', async () => {
    const { status, said } = await build('raspios-too-new', 'verify', 'board=[pi0, pi0w, pi1b]')
    expect(said).toContain('/usr/bin/cyclictest is for v7')
    expect(status).toBe(4)
  })
})
