import { afterAll, beforeAll, expect, test } from 'vitest'
import { against, onFat } from '../image/raspios.ts'
import { recordOf } from '../image/variants.ts'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'

let pi: RaspberryPi
let own: string
beforeAll(async () => {
  pi = await raspberryPi()
  own = pi.repository()
})
afterAll(() => pi.close())

/** Builds an image of the stand-in of Raspberry Pi OS and boots it. */
async function booted(name: string, ...choices: string[]): Promise<ReturnType<typeof recordOf>> {
  // An emulator with a whole system in it is late with shorter periods.
  const sets = [`name=${name}`, 'board=pi3b', 'jack.period=1024', ...choices].flatMap((choice) => [
    '--set',
    choice,
  ])
  const built = await against(pi, own, [
    'build',
    '--base',
    'raspios-lite-arm64',
    ...sets,
    '--quiet',
    '--until',
    'boot',
  ])
  expect(built).toEqual({ status: 0, said: expect.not.stringContaining('✖') })
  const record = recordOf(name)
  expect(record.proofs.filter(({ passed }) => !passed)).toEqual([])
  expect(record.boots.map(({ machine }) => machine)).toEqual(['raspi3b'])
  return record
}

test('Raspberry Pi OS boots with its tunings in force', async () => {
  await booted('raspios')
})

test('it runs on its own packaged realtime kernel, too, with its governor held at full speed', async () => {
  const { proofs, stages } = await booted('raspios-packaged', 'kernel.source=packaged')
  expect(stages['kernel']).toBeUndefined()
  expect(onFat('raspios-packaged', 'config.txt')).toMatch(/^kernel=kernel8_rt\.img$/m)
  expect(onFat('raspios-packaged', 'config.txt')).toMatch(/^dtoverlay=vc4-kms-v3d$/m)
  expect(proofs.map(({ tuning }) => tuning)).toContain('packaged-kernel')
})
