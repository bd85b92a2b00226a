import { describe, expect, test } from 'vitest'
import { asked, bases, boards, catalogue, classes, kernels } from './kernel-choices.ts'
import { boardFacts } from '../../scripts/boards/facts.ts'
import { planOf, refusalOf } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const words = (text: string): Edits => ({ 'image.yaml': text })

/** The choices that a refusal says would do, each with the kernels that it names. */
const offered = (said: string): [option: string, value: string][] =>
  said.includes(', with another sound card')
    ? []
    : [...said.matchAll(/--(?:set )?(kernel\.source|base|soundcard)[= ]([\w-]+)/g)].map(
        ([, option, value]) => [option!, value!],
      )

describe('every board with every base, sound card and kernel', () => {
  const all = { made: 0, refused: 0 }

  // Of cards that are alike in all that decides, one is asked; test/long asks each.
  test.each(boards)('%s has one that serves it, or a reason that is true', (board) => {
    const counts = { made: 0, refused: 0 }
    const answers = new Map<string, ReturnType<typeof asked>>()
    const answer = (base: string, card: string, kernel: string): ReturnType<typeof asked> => {
      const key = [base, card, kernel].join()
      const known = answers.get(key) ?? asked([board], base, card, kernel)
      answers.set(key, known)
      return known
    }
    const oneLike = (card: string): string => classes.find((alike) => alike.includes(card))![0]!
    for (const base of bases)
      for (const [card, ...like] of classes as [string, ...string[]][]) {
        const served = kernels.filter((id) => typeof answer(base, card, id) !== 'string')
        const chosen = answer(base, card, '')
        if (typeof chosen !== 'string') expect(chosen.kernel.id).toBe(served[0])
        else expect(served, chosen).toEqual([])
        for (const kernel of ['', ...kernels]) {
          const settled = answer(base, card, kernel)
          counts[typeof settled === 'string' ? 'refused' : 'made'] += 1 + like.length
          if (typeof settled !== 'string') continue
          // What a mistake offers instead is to be had, but for another mistake that was told, too.
          const mistakes = settled.split('\n')
          for (const mistake of mistakes)
            for (const [option, value] of offered(mistake.slice(mistake.indexOf(': ')))) {
              if (option === 'soundcard' && oneLike(value) !== value) continue
              const other = answer(
                option === 'base' ? value : base,
                option === 'soundcard' ? value : card,
                option === 'kernel.source' ? value : '',
              )
              const said = `${settled}: ${option} ${value}`
              if (typeof other !== 'string') continue
              expect(mistakes.length, `${said}: ${other}`).toBeGreaterThan(1)
              expect(mistakes, said).toEqual(expect.arrayContaining(other.split('\n')))
              expect(other, said).not.toContain(mistake)
            }
        }
      }
    expect(counts.made + counts.refused).toBe(
      bases.length * classes.flat().length * (kernels.length + 1),
    )
    expect(counts.made).toBeGreaterThan(0)
    all.made += counts.made
    all.refused += counts.refused
  })

  test('is a choice of which many are made, and many refused', ({ annotate }) =>
    annotate(
      `${all.made} are made, ${all.refused} are refused; ${classes.length} kinds of sound cards`,
    ))
})

test.each(boardFacts(catalogue))(
  'the bases and kernels that the list of boards has for $board.id are those that can be had',
  ({ board, bases: its }) => {
    const had = bases.map((base) => ({
      id: base,
      kernels: kernels.filter((id) => {
        const settled = asked([board.id], base, 'usb', id)
        return typeof settled !== 'string' && settled.kernel.id === id
      }),
    }))
    expect(its).toEqual(had.filter((base) => base.kernels.length > 0))
  },
)

describe('boards of one card', () => {
  test('have the kernel that serves all of them', () => {
    const kernelOf = (...ids: string[]): string => {
      const settled = asked(ids, 'debian-trixie-arm64', 'usb')
      return typeof settled === 'string' ? settled : settled.kernel.id
    }
    expect(kernelOf('pi3b', 'zero2w', 'pi4b')).toBe('debian')
    expect(kernelOf('pi3b', 'zero2w', 'pi4b', 'pi5')).toBe('backports')
    expect(kernelOf('pi4b', 'pi5', 'pi500')).toBe('raspberrypi')
  })

  test('that no kernel serves are refused, with the reason of each and what does', () => {
    expect(
      refusalOf(words('board: [pi2b, pi5]\nsoundcard: usb\n'), ['base=debian-trixie-armhf']),
    ).toBe(
      [
        'image.yaml:1:8 board: no kernel does here: debian: it does not run on the bcm2712 of pi5',
        'backports: it does not run on the bcm2712 of pi5',
        'raspberrypi: it does not run on the bcm2836 of pi2b',
        'packaged-debian: it does not run on the bcm2712 of pi5. What does: an image for each of these boards',
      ].join('; '),
    )
  })
})

describe('kernel.series', () => {
  const five = words('board: pi5\nsoundcard: usb\n')
  const four = words('board: pi4b\nsoundcard: usb\n')

  test('takes the source that has it', () => {
    const kernelOf = (edits: Edits, ...sets: string[]): unknown[] => {
      const { name, series } = planOf(edits, sets).kernel!
      return [name, series]
    }
    expect(kernelOf(four)).toEqual(['debian', '6.12'])
    expect(kernelOf(four, 'kernel.series=6.12')).toEqual(['debian', '6.12'])
    expect(kernelOf(four, 'kernel.series=7.2')).toEqual(['backports', '7.2'])
    expect(kernelOf(five)).toEqual(['backports', undefined])
    expect(kernelOf(five, 'kernel.series=7.4')).toEqual(['backports', '7.4'])
    expect(kernelOf(five, 'kernel.series=6.12')).toEqual(['raspberrypi', '6.12'])
  })

  test.each([
    [
      'that no source has',
      ['kernel.series=6.1'],
      '--set kernel.series=6.1 kernel.series: no kernel does here: debian: it does not run on the bcm2712 of pi5; backports: its options are for Linux 7.2 and later; raspberrypi: it is Linux 6.12; packaged-debian: it does not run on the bcm2712 of pi5. What does: another kernel.series, or none',
    ],
    [
      'of a source that has another',
      ['kernel.source=raspberrypi', 'kernel.series=7.3'],
      '--set kernel.source=raspberrypi kernel.source: raspberrypi does not do here: it is Linux 6.12; --set kernel.source=backports',
    ],
    [
      'of a source without the chip in it',
      ['kernel.source=debian', 'kernel.series=6.12'],
      '--set kernel.source=debian kernel.source: debian does not do here: it does not run on the bcm2712 of pi5; --set kernel.source=raspberrypi',
    ],
  ])('%s is refused, with what does', (_, sets, said) => {
    expect(refusalOf(five, sets)).toBe(said)
  })

  test('that is a number in YAML is refused, for 7.10 would be 7.1', () => {
    expect(refusalOf(words('board: pi5\nsoundcard: usb\nkernel: { series: 7.10 }\n'))).toContain(
      'expected a series of Linux, such as 6.12; in a file in quotes: "6.12"',
    )
  })
})
