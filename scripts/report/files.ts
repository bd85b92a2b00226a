import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What the page of an image is called in its folder; `second`: the name of the one beside it. */
export const reportFile = (second?: string): string =>
  second === undefined ? 'report.html' : `report-${second}.html`

/** Takes the pages of an image away: they are of what was there before. */
export function removeReports(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^report(-[a-z0-9.+-]+)?\.html$/.test(name)) rmSync(join(folder, name), { force: true })
}
