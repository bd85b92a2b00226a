import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../lib/plan/catalogue/yaml.ts'
import { imagesOf } from '../../lib/plan/choices/matrix.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { Matrix } from '../../lib/plan/schema/matrix.ts'
import { catalogueAt, refusal, repository, temporaryFolder, write } from './fixtures.ts'

const images = (text: string, said: string[] = []) =>
  imagesOf(parseYaml(text, 'm.yaml', Matrix), said)
const names = (text: string, said: string[] = []): string[] =>
  images(text, said).map(({ name }) => name)
const refused = (text: string, said: string[] = []): string[] =>
  refusal(() => images(text, said)).split('\n')

const two = `matrix:
  board: [pi3b, pi4b]
  soundcard: [usb, hifiberry-dac]
`

describe('a matrix', () => {
  test('is an image for each value of a list with each value of the others, in the order of the file', () => {
    expect(names(two)).toEqual(['pi3b-usb', 'pi3b-hifiberry-dac', 'pi4b-usb', 'pi4b-hifiberry-dac'])
  })

  test('names an image by its board, card, JACK and base, whatever their order in the file', () => {
    const text = `name: stage
matrix:
  base: [debian-trixie-arm64, raspios-lite-arm64@latest, ./My Own.img.xz]
  jack: [jack1, { server: jack2, period: 64, periods: 3, rate: 96000 }, { period: 32 }, { periods: 2 }]
  board: [pi4b, [pi4b, pi5]]
  soundcard: [usb]
`
    expect(names(text).slice(0, 7)).toEqual([
      'stage-pi4b-usb-jack1-debian-trixie-arm64',
      'stage-pi4b-usb-jack1-raspios-lite-arm64-latest',
      'stage-pi4b-usb-jack1-my-own.img.xz',
      'stage-pi4b-usb-jack2-64x3-96000-debian-trixie-arm64',
      'stage-pi4b-usb-jack2-64x3-96000-raspios-lite-arm64-latest',
      'stage-pi4b-usb-jack2-64x3-96000-my-own.img.xz',
      'stage-pi4b-usb-32-debian-trixie-arm64',
    ])
    expect(names(text).at(-1)).toBe('stage-pi4b+pi5-usb-x2-my-own.img.xz')
  })

  test('in docs/choices.md stands for what is said of it there', () => {
    const page = readFileSync(join(repository, 'docs/choices.md'), 'utf8')
    const example = /^ {4}# yaml-language-server: .*matrix\.json\n(?: {4}.*\n)+/m.exec(page)![0]
    const found = names(example.replaceAll(/^ {4}/gm, ''))
    expect(found).toHaveLength(15)
    expect(page).toContain(`The first image above is \`${found[0]}\``)
  })

  test('has in a name no word of a key that all images have in common', () => {
    expect(names('matrix: { board: [pi4b] }\nsame: { soundcard: usb }\n')).toEqual(['pi4b'])
  })

  test('leaves out the images that have all of what an entry of exclude says', () => {
    const without = (entry: string): string[] => names(`${two}exclude: [${entry}]\n`)
    expect(without('{ board: pi3b, soundcard: hifiberry-dac }')).not.toContain('pi3b-hifiberry-dac')
    expect(without('{ board: pi3b, soundcard: hifiberry-dac }')).toHaveLength(3)
    expect(without('{ board: [pi3b, pi4b], soundcard: usb }')).toEqual([
      'pi3b-hifiberry-dac',
      'pi4b-hifiberry-dac',
    ])
    const text = `matrix:
  board: [pi4b, [pi4b, pi5]]
  soundcard: [usb]
  jack: [jack1, { server: jack2, period: 64 }, { server: jack2, period: 128 }]
`
    expect(names(`${text}exclude: [{ board: pi5 }, { jack: jack2 }]\n`)).toEqual(['pi4b-usb-jack1'])
    expect(names(`${text}exclude: [{ jack: { period: 64 } }, { jack: jack1 }]\n`)).toEqual([
      'pi4b-usb-jack2-128',
      'pi4b+pi5-usb-jack2-128',
    ])
  })

  test('takes what is said on the command line for all of its images, and images that are the same are one', () => {
    expect(names(two, ['board=pi5'])).toEqual(['pi5-usb', 'pi5-hifiberry-dac'])
    expect(names(two, ['hostname=stage'])).toHaveLength(4)
    const text =
      'matrix: { board: [pi4b], soundcard: [usb], jack: [{ period: 64 }, { period: 32 }] }\n'
    expect(names(text, ['jack.period=128'])).toEqual(['pi4b-usb-128'])
    expect(names(text, ['jack.server=jack1'])).toEqual(['pi4b-usb-64', 'pi4b-usb-32'])
  })

  test('makes the plan that the same choices in a file would, and says where each value comes from', () => {
    const root = temporaryFolder()
    write(root, {
      'm.yaml': `matrix:
  board: [pi4b]
  soundcard: [usb]
  jack: [{ period: 64 }]
same:
  hostname: stage
  jack: { rate: 44100 }
`,
      'file.yaml': `name: pi4b-usb-64
board: pi4b
soundcard: usb
hostname: stage
jack: { period: 64, rate: 44100 }
`,
    })
    const catalogue = catalogueAt(repository)
    const [image] = images('matrix: { board: [pi4b], soundcard: [usb], jack: [{ period: 64 }] }\n')
    const plan = resolve(catalogue, `${root}/m.yaml`, image!.said, { within: 'same' })
    const other = resolve(catalogue, `${root}/file.yaml`)
    for (const part of ['name', 'kernel', 'configure', 'image', 'tunings'] as const)
      expect(plan[part], part).toEqual(other[part])
    expect(plan.origins['hostname']!.from).toMatch(/m\.yaml:6:13$/)
    expect(plan.origins['jack.rate']!.from).toMatch(/m\.yaml:7:17$/)
    expect(plan.origins['user.name']!.from).toBe('default')
    expect(plan.origins['board']!.from).toBe('m.yaml:1:19')
  })
})

describe('a matrix is refused, with the place of each mistake:', () => {
  const wrong: [string, string, string[]][] = [
    [
      'one that leaves everything out',
      `${two}exclude: [{ board: pi3b }, { board: pi4b }]\n`,
      ['m.yaml:4:28 exclude.1: with it, no image is left of 4: take it away, or say more in it'],
    ],
    [
      'an entry of exclude that leaves nothing out any more',
      `${two}exclude: [{ board: pi3b }, { board: pi3b, soundcard: usb }]\n`,
      ['m.yaml:4:28 exclude.1: all of it is left out before it: take it away'],
    ],
    [
      'an entry of exclude that means no image',
      `${two}exclude: [{ board: pi3bb }, { base: debian-trixie-arm64 }]\n`,
      [
        'm.yaml:4:20 exclude.0.board: no image of the matrix has pi3bb (did you mean "pi3b"?)',
        'm.yaml:4:37 exclude.1.base: the matrix has no list of it: write matrix.base, or take this away',
      ],
    ],
    [
      'one that names something twice',
      'matrix:\n  board: [pi4b, pi4b]\n  soundcard: [usb]\n  jack: [jack1, { server: jack1 }]\nsame: { soundcard: auto, jack: { server: jack1 } }\n',
      [
        'm.yaml:2:17 matrix.board.1: pi4b is there twice: name it once',
        'm.yaml:4:17 matrix.jack.1: jack1 is there twice: name it once',
        'm.yaml:5:20 same.soundcard: matrix.soundcard says it, too: say it in one place',
        'm.yaml:5:42 same.jack.server: matrix.jack says it, too: say it in one place',
      ],
    ],
    [
      'one without a sound card',
      'matrix: { board: [pi4b] }\n',
      [
        'm.yaml:1:9 soundcard: is missing: write a list, matrix.soundcard, or one for all, same.soundcard',
      ],
    ],
    [
      'one without a list',
      'matrix: {}\nsame: { board: pi4b }\n',
      ['m.yaml:1:9 matrix: expected one list at least: board, soundcard, jack or base'],
    ],
    [
      'keys that there are not',
      'matrix: { board: pi4b }\nsame: { hostnam: x }\nexlude: []\n',
      [
        'm.yaml:1:18 matrix.board: expected a list, got "pi4b"',
        'm.yaml:2:9 same.hostnam: unknown key (did you mean "hostname"?)',
        'm.yaml:3:1 exlude: unknown key (did you mean "exclude"?)',
      ],
    ],
    [
      'a name that is too long',
      `name: ${'n'.repeat(195)}\nmatrix: { board: [pi4b], soundcard: [usb] }\n`,
      [
        `m.yaml:2:19 matrix: an image of it would be called ${'n'.repeat(195)}-pi4b-usb: expected a name of lower-case letters, digits, ".", "+" and "-", at most 200 (write fewer boards in one list)`,
      ],
    ],
    [
      'more images than anybody makes',
      `matrix: { board: [${words('b', 30)}], soundcard: [${words('c', 30)}] }\n`,
      ['m.yaml:1:9 matrix: these are 900 images: expected at most 500 (write several files)'],
    ],
  ]

  test.each(wrong)('%s', (_, text, lines) => {
    expect(refused(text)).toEqual(lines)
  })

  test('a value of the command line, which the choices refuse by its own name', () => {
    const [image] = images('matrix: { board: [pi4b], soundcard: [usb] }\n', ['board=3'])
    expect(image!.name).toBe('3-usb')
  })
})

function words(letter: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${letter}${i}`).join(', ')
}
