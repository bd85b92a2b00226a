import { readFileSync } from 'node:fs'

let known: string | undefined

/** The version of downbeat: what package.json says. An image carries it, for the reports of its users. */
export const version = (): string =>
  (known ??= (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
  ).version)
