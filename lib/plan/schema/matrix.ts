import { z } from 'zod'
import { Id, IdIn } from './common.ts'
import { Image } from './image.ts'
import { Line, Name } from './text.ts'
import { textOf } from './values.ts'

/** Values of one axis, at most: their product has a limit of its own. */
const MOST = 64

const { period, periods, rate } = Image.shape.jack.unwrap().shape

/** How JACK is started, as far as the images of a matrix may differ in it: a server alone is its name. */
const Jack = z.union([
  Id,
  z
    .strictObject({ server: Id.optional(), period, periods, rate })
    .refine(
      (keys) => Object.keys(keys).length > 0,
      'expected one at least of server, period, periods, rate',
    ),
])
export type MatrixJack = z.output<typeof Jack>

const Boards = z.union([IdIn('boards'), z.array(IdIn('boards')).min(1).max(MOST)])

const axis = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(MOST).optional()
const some = <T extends z.ZodType>(value: T) =>
  z.union([value, z.array(value).min(1).max(MOST)]).optional()

/** A file that stands for many images: each value of an axis with each value of the others. */
export const Matrix = z
  .strictObject({
    name: textOf('image_name')
      .optional()
      .describe('what the names of the images begin with; otherwise nothing'),
    matrix: z
      .strictObject({
        board: axis(Boards).describe('boards; a list in the list is one image for these boards'),
        soundcard: axis(Name).describe('ids of soundcards/, or auto'),
        jack: axis(Jack).describe('servers, such as jack1; or { server, period, periods, rate }'),
        base: axis(Line.min(1)).describe('ids of bases/, or paths of images'),
      })
      .refine(
        (axes) => Object.keys(axes).length > 0,
        'expected one list at least: board, soundcard, jack or base',
      )
      .describe(
        'what the images differ in: every value of a list goes with every value of the others',
      ),
    exclude: z
      .array(
        z
          .strictObject({
            board: some(Id),
            soundcard: some(Name),
            jack: some(Jack),
            base: some(Line.min(1)),
          })
          .refine(
            (keys) => Object.keys(keys).length > 0,
            'expected what is left out, such as { board: …, soundcard: … }',
          ),
      )
      .max(200)
      .default([])
      .describe('images that are left out: those that have all of what an entry says'),
    same: Image.omit({ name: true })
      .partial()
      .default({})
      .describe('what all of the images have: the keys of image.yaml'),
  })
  .describe('A matrix of images')
export type MatrixChoices = z.output<typeof Matrix>
