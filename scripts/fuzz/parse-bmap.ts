import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { parseBmap } from '../../lib/common/disk/read-bmap.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'

const NOTHING = '0'.repeat(64)
const sum = (text: string): string => createHash('sha256').update(text).digest('hex')

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40).map(String) },
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
  odd,
)
const range = fc
  .tuple(number, fc.option(number), fc.constantFrom(NOTHING, 'F'.repeat(64), 'f'))
  .map(
    ([from, to, hash]) =>
      `<Range chksum="${hash}"> ${to === null ? from : `${from}-${to}`} </Range>`,
  )

/** Maps that may be right, with a sum of their own that is. */
const map = fc
  .record({
    size: fc.oneof(fc.nat(200_000).map(String), number),
    block: fc.oneof(fc.constantFrom('512', '4096', '0', '513'), number),
    blocks: number,
    mapped: number,
    ranges: fc.array(range, { maxLength: 6 }),
  })
  .map(({ size, block, blocks, mapped, ranges }) =>
    [
      '<?xml version="1.0" ?>',
      '<bmap version="2.0">',
      `<ImageSize> ${size} </ImageSize> <BlockSize> ${block} </BlockSize>`,
      `<BlocksCount> ${blocks} </BlocksCount> <MappedBlocksCount> ${mapped} </MappedBlocksCount>`,
      `<ChecksumType> sha256 </ChecksumType> <BmapFileChecksum> ${NOTHING} </BmapFileChecksum>`,
      `<BlockMap> ${ranges.join('\n')} </BlockMap>`,
      '</bmap>',
    ].join('\n'),
  )

/** Maps of which all numbers fit. */
const whole = fc
  .tuple(fc.uniqueArray(fc.nat(99), { maxLength: 20 }), fc.nat(511))
  .map(([blocks, rest]) => {
    const ranges = blocks
      .toSorted((a, b) => a - b)
      .map((at) => `<Range chksum="${NOTHING}"> ${at} </Range>`)
    return `<bmap version="2.0"><ImageSize>${51_200 - rest}</ImageSize><BlockSize>512</BlockSize><BlocksCount>100</BlocksCount><MappedBlocksCount>${blocks.length}</MappedBlocksCount><ChecksumType>sha256</ChecksumType><BmapFileChecksum>${NOTHING}</BmapFileChecksum><BlockMap>${ranges.join('')}</BlockMap></bmap>`
  })

/** The first row of zeros becomes the sum of the text, wherever it is. */
const inputs = fc
  .tuple(fc.oneof(map, whole, torn(map), torn(whole)), fc.boolean())
  .map(([text, honest]) => {
    const place = text.indexOf(NOTHING, text.indexOf('<BmapFileChecksum>'))
    return honest && place >= 0 ? text.slice(0, place) + sum(text) + text.slice(place + 64) : text
  })

export const target = ofProperty<string>({
  about:
    'the block map of an image: ranges in order and within the image, or a mistake that is told',
  inputs,
  holds(text) {
    try {
      const { bytes, ranges } = parseBmap(text, 'x.bmap')
      let end = 0
      for (const one of ranges) {
        if (!Number.isSafeInteger(one.start) || one.start < end || one.end <= one.start)
          throw new Error(`a range where none can be: ${JSON.stringify(one)}`)
        end = one.end
      }
      if (end > bytes) throw new Error(`a range ends at ${end}, and the image at ${bytes}`)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
    }
  },
  text: (text) => text,
})
