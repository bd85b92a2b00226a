import { z } from 'zod'
import { folders } from '../../lib/plan/catalogue/catalogue.ts'
import { Checklist } from './checklist.ts'
import { Driverless } from '../../lib/plan/schema/driverless.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import { Imager } from '../../lib/plan/schema/imager.ts'
import { Budgets } from '../../lib/plan/schema/budgets.ts'
import { Matrix } from '../../lib/plan/schema/matrix.ts'
import { Priorities } from '../../lib/plan/schema/priorities.ts'

const names = {
  boards: 'board',
  soundcards: 'soundcard',
  tunings: 'tuning',
  profiles: 'profile',
  bases: 'base',
  kernel: 'kernel',
  packages: 'package',
} as const

/** JSON Schemas (draft 7, which every editor knows) of the YAML files, by file name in schemas/. */
export function jsonSchemas(): Record<string, string> {
  const schemas = {
    image: Image,
    matrix: Matrix,
    imager: Imager,
    budgets: Budgets,
    priorities: Priorities,
    driverless: Driverless,
    checklist: Checklist,
    ...Object.fromEntries(
      Object.entries(folders).map(([folder, schema]) => [
        names[folder as keyof typeof folders],
        schema,
      ]),
    ),
  }
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.json`,
      `${JSON.stringify(
        z.toJSONSchema(schema as z.ZodType, {
          io: 'input',
          target: 'draft-7',
          override: ({ jsonSchema }) => void delete jsonSchema['rule'], // no word of JSON Schema
        }),
        null,
        2,
      )}\n`,
    ]),
  )
}
