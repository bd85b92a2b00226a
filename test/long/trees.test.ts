import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { nodesOf, readTree } from '../../lib/prove/firmware/device-tree.ts'
import { runStages } from '../../scripts/session/session.ts'
import { kernel } from '../../stages/kernel.ts'
import { root } from '../downbeat.ts'
import { releaseMirror } from '../image/mirror.ts'
import { bindings } from './trees/bindings.ts'
import { complaintsOf } from './trees/complaints.ts'
import { treesOf } from './trees/stage.ts'

// The firmware puts overlays of ours on mainline's trees by itself, and config.txt others: what
// comes out has to be right.

/** A board of each chip and of each kind that cards on the header are for. */
const withHeader = ['bcm2837-rpi-3-b', 'bcm2837-rpi-zero-2-w', 'bcm2711-rpi-4-b']
const catalogue = openCatalogue(root)
const ofCards = [
  ...new Set(
    catalogue.ids('soundcards').flatMap((id) => {
      const { overlay } = catalogue.entry('soundcards', id, 'test').value
      return overlay?.mainline ?? []
    }),
  ),
]
const cardsOnBoards = withHeader.flatMap((board) =>
  [[], ...ofCards.map((overlay) => [overlay])].map((overlays) => ({
    name: [board, ...overlays].join('-'),
    tree: board,
    overlays,
  })),
)

/** Chips that the kernel describes in words only, or not at all: no schema knows them. */
const UNDESCRIBED = ['cirrus,cs4265', 'ti,pcm5102a', 'ti,tlv320aic23']

const [tree, midi] = ['bcm2712-rpi-5-b', 'serial-midi-rp1-mainline']
const tried = [
  { name: 'c1', tree, overlays: [] },
  { name: 'd0', tree: 'bcm2712-d-rpi-5-b', overlays: [] },
  { name: 'd0-by-overlay', tree, overlays: ['bcm2712d0'] },
  { name: 'c1-midi', tree, overlays: [midi] },
  { name: 'd0-midi', tree, overlays: ['bcm2712d0', midi] },
  ...cardsOnBoards,
]

/**
 * What is said of a tree for no fault of ours, by the names above. A node `midi` below a UART is what
 * sound/serial-midi.yaml shows itself, and serial/serial.yaml does not know the name.
 */
const MIDI = `serial@40030000 (arm,pl011): Unevaluated properties are not allowed ('midi' was unexpected)
\tfrom schema $id: http://devicetree.org/schemas/serial/pl011.yaml`
const known: Record<string, string[]> = { 'c1-midi': [MIDI], 'd0-midi': [MIDI] }

let trees: string
let complaints: string
let [compiled, judgedBy] = ['', '']

beforeAll(async () => {
  const sets = ['board=pi5', 'soundcard=usb', 'kernel.source=backports']
  const plan = resolve(catalogue, join(root, 'image.yaml'), sets, {
    mirror: await releaseMirror(),
  })
  const { made } = await runStages(plan, [kernel, bindings, treesOf(tried), complaintsOf(tried)], {
    quiet: true,
  })
  const output = (stage: string, name: string): string => made.get(stage)!.outputs[name]!
  trees = output('trees', 'trees')
  complaints = output('complaints', 'said')
  const { sha256 } = JSON.parse(readFileSync(output('kernel', 'taken'), 'utf8')) as {
    sha256: string
  }
  compiled = `sha256=${sha256}`
  judgedBy = readFileSync(output('bindings', 'package'), 'utf8')
})

test("our overlay for stepping D0 makes mainline's tree for it of the one for C1, but for the names of lines", () => {
  const said = (name: string): Record<string, Record<string, string>> =>
    Object.fromEntries(
      [...nodesOf(readTree(readFileSync(join(trees, `${name}.dtb`))))].map(
        ([path, { properties }]) => [
          path,
          Object.fromEntries(
            [...properties]
              .filter(([key]) => key !== 'gpio-line-names')
              .map(([key, value]) => [key, value.toString('hex')]),
          ),
        ],
      ),
    )
  expect(said('d0-by-overlay')).toEqual(said('d0'))
  expect(said('d0')).not.toEqual(said('c1'))
})

test('the schemas are those of the very source that the trees are of', () => {
  expect(judgedBy.split('\n')).toContain(compiled)
})

const complaintsAbout = (name: string): string[] =>
  readFileSync(join(complaints, `${name}.dtb`), 'utf8')
    .replaceAll(/\S+\.dtb: /g, '')
    .split(/\n(?!\t)/)
    .filter(Boolean)

test.for(tried.filter((one) => !cardsOnBoards.includes(one)))(
  '$name is as the schemas of its kernel want it',
  ({ name }) => expect(complaintsAbout(name)).toEqual(known[name] ?? []),
)

test.for(cardsOnBoards.filter(({ overlays }) => overlays.length > 0))(
  '$name has nothing against it that there is not against the tree alone',
  ({ name, tree }) => {
    const before = complaintsAbout(tree)
    const undescribed = UNDESCRIBED.map(
      (one) => `failed to match any schema with compatible: ['${one}']`,
    )
    expect(
      complaintsAbout(name).filter(
        (one) => !before.includes(one) && !undescribed.some((words) => one.endsWith(words)),
      ),
    ).toEqual([])
  },
)
