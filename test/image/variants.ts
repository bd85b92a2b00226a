import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { BuildRecord } from '../../scripts/publish/publish.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { root } from '../downbeat.ts'

/** The plan of a file of choices. */
export const planned = (choices: string): Plan => resolve(openCatalogue(root), join(root, choices))

/** The record of an image that was built here. */
export const recordOf = (name: string): BuildRecord =>
  JSON.parse(readFileSync(join(root, 'out/images', name, 'build.json'), 'utf8')) as BuildRecord
