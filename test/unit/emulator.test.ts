import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { emulatedWith } from '../../lib/plan/choices/boards.ts'
import type { ChosenKernel } from '../../lib/plan/choices/kernel.ts'
import type { PlannedBoard } from '../../lib/plan/plan.ts'
import { emulatesPcie } from '../../lib/plan/virt.ts'
import { machineOf } from '../../lib/prove/emulator/emulator.ts'
import { boot } from '../../stages/boot.ts'
import { emulator } from '../../stages/emulator.ts'
import { pages } from '../../stages/pages.ts'
import { rp1 } from '../../stages/rp1.ts'
import { planOf, repository } from './fixtures.ts'

// What a board has on PCIe is there in its emulator, if a program stands in for it with this kernel.

const boardWith = (family: 'mainline' | 'downstream', virt_cpu?: string): PlannedBoard => {
  const { value } = openCatalogue(repository).entry('boards', 'pi5', 'here')
  const kernel = { data: { family }, build: { kernel_arch: 'arm64', virt_cpu } }
  return emulatedWith({ id: 'pi5', ...value }, kernel as unknown as ChosenKernel)
}

test('a program stands in for RP1 with the kernels whose drivers it answers', () => {
  const mainline = boardWith('mainline', 'cortex-a53')
  const downstream = boardWith('downstream', 'cortex-a53')
  expect([emulatesPcie([mainline]), emulatesPcie([downstream])]).toEqual([true, false])
  expect(downstream.emulator!.cannot_prove).toContain('uart-midi')
  expect(mainline.emulator!.cannot_prove).not.toContain('uart-midi')
  expect(mainline.emulator!.cannot_prove).toContain('i2s-card-first')
  expect(boardWith('mainline').emulator).toBeUndefined()
})

test("it is on the bus of QEMU's own machine, which has the processor of the board then", () => {
  const started = (family: 'mainline' | 'downstream', program?: string) =>
    machineOf(boardWith(family, 'cortex-a53'), 'cortex-a53', { endpoint: program })
  const with_ = started('mainline', '/rp1')
  expect(with_.args.join(' ')).toContain('-cpu cortex-a76')
  expect(with_.args.join(' ')).toContain('vfio-user-pci')
  expect([with_.endpoint, with_.keyboard]).toEqual(['/rp1', true])
  expect(with_.deviceTree!.grafted!.machine).toContain('cortex-a76')
  expect(with_.deviceTree!.edits.join('\n')).toContain('ethernet@40100000 status disabled')
  for (const plain of [started('mainline'), started('downstream', '/rp1')])
    expect([plain.args.includes('cortex-a53'), plain.endpoint, plain.keyboard]).toEqual([
      true,
      undefined,
      false,
    ])
})

test('an image without such a board needs neither the program nor the newer QEMU', () => {
  const usual = planOf({})
  expect([emulator.given(usual), rp1.given(usual)]).toEqual([undefined, undefined])
  const other = { ...usual, boards: [boardWith('mainline', 'cortex-a53')] }
  expect(emulator.given(other)).toMatchObject({ suite: 'trixie' })
  expect(rp1.given(other)).toEqual({})
  // its commands work in the first of the roots that it needs
  expect(Object.keys(boot.needs).slice(0, 2)).toEqual(['emulator', 'toolbox'])
})

test("QEMU's Raspberry Pis have pages of 4 KiB, but for those of ARMv6, which have smaller ones", () => {
  const boardOf = (id: string): PlannedBoard => {
    const { value } = openCatalogue(repository).entry('boards', id, 'here')
    const kernel = {
      data: { family: 'downstream' },
      build: { kernel_arch: 'arm', virt_cpu: 'cortex-a15' },
    }
    return emulatedWith({ id, ...value }, kernel as unknown as ChosenKernel)
  }
  const library = '/pages.so'
  const started = (id: string) => machineOf(boardOf(id), 'cortex-a15', { pages: library })
  expect(started('pi2b')).toMatchObject({ name: 'raspi2b', preloaded: library })
  expect(started('pi0')).toMatchObject({ name: 'raspi0' })
  expect(started('pi0').preloaded).toBeUndefined()
  const usual = planOf({})
  expect(pages.given(usual)).toEqual({})
  expect(pages.given({ ...usual, boards: [boardOf('pi0')] })).toBeUndefined()
})
