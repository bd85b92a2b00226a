import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../../../lib/common/words/errors.ts'
import { openCatalogue } from '../../../lib/plan/catalogue/catalogue.ts'
import type { Control, MixerControls } from '../../../lib/plan/schema/mixer-controls.ts'
import { controlsIn } from './controls.ts'

/** Below the root of the repository. */
export const TABLE = 'tables/mixer-controls.json'

/**
 * The text of tables/mixer-controls.json, with the drivers anew that this source of Linux has: of
 * those that sound cards name, and those that are in the table. `linux` is a folder, or an archive
 * that tar can read; `name` is what to call it, where its Makefile does not tell.
 */
export function tableWith(root: string, linux: string, name?: string): string {
  const before = JSON.parse(readFileSync(join(root, TABLE), 'utf8')) as MixerControls
  const drivers = [...new Set([...Object.keys(before), ...driversOf(root)])].sort()
  if (!existsSync(linux)) throw new UserError(`--linux ${linux}: there is no such file or folder`)
  const folder = statSync(linux).isDirectory()
  const tree = folder ? linux : unpacked(linux, drivers)
  try {
    const of = name ?? releaseOf(tree)
    const entries = drivers.flatMap((driver): [string, MixerControls[string]][] => {
      const file = join(tree, `${driver}.c`)
      if (existsSync(file)) return [[driver, { of, controls: controlsOfFile(file) }]]
      return before[driver] ? [[driver, before[driver]]] : []
    })
    return textOf(Object.fromEntries(entries))
  } finally {
    if (!folder) rmSync(tree, { recursive: true, force: true })
  }
}

/** The files of drivers that sound cards name. */
const driversOf = (root: string): string[] => {
  const catalogue = openCatalogue(root)
  return catalogue
    .ids('soundcards')
    .flatMap((id) => catalogue.entry('soundcards', id, 'soundcards').value.mixer?.drivers ?? [])
}

function controlsOfFile(file: string): Control[] {
  const text = readFileSync(file, 'utf8')
  const headers = [...text.matchAll(/^#include "(.*)"/gm)]
    .map(([, header]) => join(dirname(file), header!))
    .filter((header) => existsSync(header))
  return controlsIn(
    text,
    headers.map((header) => readFileSync(header, 'utf8')),
  )
}

/** What of an archive is read here, in a folder for a while. */
function unpacked(archive: string, drivers: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-linux-'))
  const wanted = [...new Set(drivers.map((driver) => dirname(driver)))]
  execFileSync('tar', [
    '--extract',
    `--file=${archive}`,
    `--directory=${folder}`,
    '--strip-components=1',
    '--wildcards',
    '--no-wildcards-match-slash',
    '*/Makefile',
    ...wanted.map((path) => `*/${path}/*.[ch]`),
  ])
  return folder
}

/** `Linux 6.12.107`, as its Makefile says. */
function releaseOf(tree: string): string {
  const makefile = join(tree, 'Makefile')
  const text = existsSync(makefile) ? readFileSync(makefile, 'utf8') : ''
  const parts = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(
    (key) => new RegExp(`^${key} = (\\d+)$`, 'm').exec(text)?.[1],
  )
  if (parts.includes(undefined))
    throw new UserError(
      `--linux ${tree}: its Makefile does not tell which Linux it is: say --linux-name, too`,
    )
  return `Linux ${parts.join('.')}`
}

/** A line for each control, so that a difference shows which it is. */
const textOf = (table: MixerControls): string =>
  `{\n${Object.entries(table)
    .map(
      ([driver, { of, controls }]) =>
        `${JSON.stringify(driver)}: {"of": ${JSON.stringify(of)}, "controls": [\n${controls.map((one) => JSON.stringify(one)).join(',\n')}\n]}`,
    )
    .join(',\n')}\n}\n`
