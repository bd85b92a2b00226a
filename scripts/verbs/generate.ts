import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { boardPages } from '../generate/board-pages.ts'
import { buyingPage } from '../generate/buying-page.ts'
import { TABLE, tableWith } from '../generate/controls/table.ts'
import { overlayTable, soundOverlays } from '../generate/sound-overlays.ts'
import { jsonSchemas } from '../generate/json-schemas.ts'
import { provenPage } from '../generate/proven-page.ts'
import { soundcardPages } from '../generate/soundcard-pages.ts'
import { settingsHeader } from '../../lib/plan/settings/header.ts'
import { tuningTable } from '../generate/tuning-table.ts'
import { say } from '../session/print.ts'
import { root } from '../session/session.ts'

interface Options {
  check?: true
  overlays?: string
  from?: string
  linux?: string
  linuxName?: string
}

export function generateCommand(): Command {
  return new Command('generate')
    .option('--check', 'only say whether they are up to date')
    .option(
      '--overlays <README>',
      "make tables/sound-overlays.txt of this file, overlays/README of Raspberry Pi's kernel",
    )
    .option('--from <words>', 'which commit of that kernel it is of, and its date')
    .option(
      '--linux <source>',
      `${TABLE}, too: a folder with the source of Linux, or an archive of it`,
    )
    .option('--linux-name <name>', 'what to call that source, where its Makefile does not tell')
    .addHelpText('after', '\nExample:\n  ./downbeat generate')
    .action((options: Options) => {
      const made = {
        ...overlaysOf(options),
        ...(options.linux === undefined
          ? {}
          : { [TABLE]: tableWith(root, options.linux, options.linuxName) }),
        ...Object.fromEntries(
          Object.entries(jsonSchemas()).map(([file, text]) => [`schemas/${file}`, text]),
        ),
        'docs/boards.md': boardPages(root),
        'docs/proven.md': provenPage(root),
        'docs/soundcards.md': soundcardPages(root),
        'docs/tunings.md': tuningTable(root),
        'docs/which-interface.md': buyingPage(root),
        'packages/tools/settings/keys.h': settingsHeader(),
      }
      const stale = Object.entries(made).filter(([file, text]) => {
        const path = join(root, file)
        return !existsSync(path) || readFileSync(path, 'utf8') !== text
      })
      if (options.check === true && stale.length > 0)
        throw new UserError(`${stale[0]![0]} is stale: run ./downbeat generate`)
      for (const [file, text] of stale) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), text)
      }
      say(
        stale.length === 0
          ? 'everything generated is up to date'
          : `wrote ${stale.map(([file]) => file).join(', ')}`,
      )
    })
}

/** The table of overlays, where a file to make it of is named. */
function overlaysOf({
  overlays: file,
  from,
}: {
  overlays?: string
  from?: string
}): Record<string, string> {
  if (file === undefined && from === undefined) return {}
  if (file === undefined || from === undefined)
    throw new UserError(
      '--overlays and --from go together: ./downbeat generate --overlays README --from "commit 0123abcd of 2026-01-31"',
    )
  const found = soundOverlays(textAt(file))
  if (found.size === 0)
    throw new UserError(`--overlays ${file}: no overlay for sound in it; expected overlays/README`)
  return { 'tables/sound-overlays.txt': overlayTable(found, from) }
}

function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`--overlays ${file}: ${(error as Error).message}`)
  }
}
