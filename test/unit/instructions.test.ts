import { describe, expect, test } from 'vitest'
import { debianInstructions, tagsUpTo } from '../../lib/plan/instructions.ts'
import { judge } from '../../stages/verify/added.ts'
import { messageOf } from '../../lib/common/words/errors.ts'
import { boardOf, idsOf, planOf, refusal } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const choices = (text: string): Edits => ({ 'image.yaml': text })
const on = (board: string, base: string): Edits =>
  choices(`board: ${board}\nbase: ${base}\nsoundcard: usb\n`)

describe('a board with an older processor than Debian’s programs are for', () => {
  test('runs a base whose programs are for it, and what we add is compiled for it', () => {
    const plan = planOf(on('[pi0, pi0w, pi1a-plus, pi1b, pi1b-plus]', 'raspios-lite-armhf'))
    expect(plan.kernel!.build.file_name).toBe('kernel.img')
    expect(plan.compiler).toMatchObject({
      arch: 'armhf',
      flags: expect.arrayContaining(['-march=armv6k', '-mfloat-abi=hard']) as unknown,
    })
    expect(plan.added).toMatchObject({ instructions: 'armv6' })
    expect(plan.added!.packages).toEqual(
      expect.arrayContaining(['jackd1', 'jackd2', 'libjack-jackd2-0']),
    )
    expect(plan.added!.programs).toEqual(
      expect.arrayContaining(['/usr/bin/downbeat-settings', '/usr/bin/cyclictest']),
    )
  })

  test('does not run Debian’s armhf, which is refused with what it does run', () => {
    expect(refusal(() => planOf(on('pi0', 'debian-trixie-armhf')))).toBe(
      'image.yaml:1:8 board: pi0 does not run armhf for armv7, which debian-trixie-armhf is made of: it runs armel (--base debian-trixie-armel or --base raspios-lite-armhf)',
    )
  })

  test('shares no image with a board that has another kernel', () => {
    expect(refusal(() => planOf(on('[pi0, pi2b]', 'raspios-lite-armhf')))).toContain(
      'no single build of it runs on pi0 and pi2b: make an image for each',
    )
  })
})

test('of all bases a board with an older processor runs these', () => {
  const boards = idsOf('boards').filter((id) => boardOf(id).instructions === 'armv6')
  expect(boards.length).toBeGreaterThan(4)
  const runs = (board: string, base: string): boolean => {
    try {
      return planOf(on(board, base)).boards.length === 1
    } catch (error) {
      expect(messageOf(error)).toContain(`board: ${board} does not run ar`)
      return false
    }
  }
  for (const board of boards)
    expect(
      idsOf('bases').filter((base) => runs(board, base)),
      board,
    ).toEqual(['debian-trixie-armel', 'raspios-lite-armhf'])
})

test('boards that Debian’s own programs are for need no other compiler', () => {
  expect(planOf(on('pi2b', 'raspios-lite-armhf')).compiler).toBeUndefined()
  expect(planOf(on('pi0', 'debian-trixie-armel')).compiler).toBeUndefined()
  expect(planOf(on('pi2b', 'debian-trixie-armhf')).added).toMatchObject({ instructions: 'armv7' })
  expect(planOf(on('pi3b', 'debian-trixie-arm64'))).not.toHaveProperty('added')
  expect(debianInstructions.arm64).toBeUndefined()
})

describe('of a program that is added to a base', () => {
  const paths = ['/usr/bin/jackd', '/usr/share/doc/jackd2/copyright', '/usr/lib/libjack.so.0']
  const elf = (place: number, tag: string): string =>
    `File: ${place}\nELF Header:\n  Magic: 7f 45 4c 46\n  Machine: ARM\nAttribute Section: aeabi\nFile Attributes\n  Tag_CPU_name: "x"\n  Tag_CPU_arch: ${tag}\n  Tag_FP_arch: VFPv2\n`

  test('readelf says what it is compiled for, and what is older will do', () => {
    expect(judge('armv6', paths, `${elf(0, 'v6K')}File: 1\n${elf(2, 'v5TE')}`)).toMatchObject({
      passed: true,
      seen: '2 files for v6K, v5TE',
    })
    expect(tagsUpTo('armv6')).not.toContain('v6T2')
  })

  test('what is newer is named, each file of it', () => {
    expect(judge('armv6', paths, `${elf(0, 'v7')}${elf(2, 'v6K')}`)).toMatchObject({
      passed: false,
      seen: '/usr/bin/jackd is for v7',
    })
    expect(judge('armv5te', paths, `${elf(0, 'v6')}${elf(2, 'v8')}`).seen).toBe(
      '/usr/bin/jackd is for v6\n/usr/lib/libjack.so.0 is for v8',
    )
  })

  test('it is wrong that nothing is said, or that there is none', () => {
    expect(judge('armv7', paths, 'File: 0\nELF Header:\n  Machine: AArch64\n')).toMatchObject({
      passed: false,
      seen: '/usr/bin/jackd is for anything',
    })
    expect(judge('armv7', paths, 'File: 1\n').passed).toBe(false)
  })
})
