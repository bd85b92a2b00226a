import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { manifestSuffix } from '../publish/imager.ts'
import { reportFile } from '../report/files.ts'
import { say, sayBeside } from '../session/print.ts'
import { root } from '../session/session.ts'
import { releaseAddress, tag } from './github.ts'
import { factsOf, imagesIn, outOf } from './images.ts'
import type { Image } from './images.ts'
import type { Said } from './inputs.ts'
import { readResult } from './result.ts'

const SUMS = 'SHA256SUMS'

/**
 * Puts what was packed into the release of the tag, with GitHub's own `gh`. A new release is a draft
 * until all files are in it, and nobody sees half of one.
 */
export function release(said: Said): void {
  const name = tag()
  if (name === undefined)
    throw new UserError('GITHUB_REF_TYPE: this run is for no tag, and a release belongs to one')
  const out = outOf(said)
  const images = imagesIn(out, readResult(out)?.images)
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-release-'))
  try {
    const files = images.flatMap((image) => filesOf(image, folder))
    if (files.length === 0)
      throw new UserError(`${out}: no image there is packed: ./downbeat build --release packs it`)
    files.push(listOf(images, name, folder))
    const isThere = gh(['release', 'view', name], true)
    if (isThere) gh(['release', 'upload', name, '--clobber', ...files])
    else {
      gh(['release', 'create', name, '--verify-tag', '--generate-notes', '--draft', ...files])
      gh(['release', 'edit', name, '--draft=false'])
    }
    say(`${name}: ${files.length} files of ${images.length} images`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What of an image is given to others. In a release all files lie beside each other. */
function filesOf({ folder, record }: Image, own: string): string[] {
  if (!existsSync(join(folder, SUMS))) return []
  const sums = join(own, `${record.name}.${SUMS}`)
  symlinkSync(join(folder, SUMS), sums)
  const packed = Object.keys(record.files).filter(
    (file) => file !== `${record.name}.img` && file.startsWith(`${record.name}.`),
  )
  const report = join(own, `${record.name}.report.html`)
  symlinkSync(join(folder, reportFile()), report)
  const manifest = `${record.name}${manifestSuffix}`
  return [...new Set([...packed, manifest])]
    .map((file) => join(folder, file))
    .concat(report)
    .filter((file) => existsSync(file))
    .concat(sums)
}

/** One list of all images, for Raspberry Pi Imager: the address of it stays where it is. */
function listOf(images: readonly Image[], name: string, own: string): string {
  const list = join(own, 'os_list.json')
  const address = releaseAddress(name)
  const packed = images.filter((image) => factsOf(image).packed).map(({ folder }) => folder)
  const url = address === undefined ? [] : [`--url=${address}`]
  const { status } = spawnSync(
    join(root, 'downbeat'),
    ['manifest', ...url, `--output=${list}`, ...packed],
    { stdio: ['ignore', 2, 'inherit'] },
  )
  if (status !== 0)
    throw new HostError('./downbeat manifest made no list', './downbeat build --release')
  return list
}

/** Runs gh. Returns whether it went well; throws HostError unless that is a question. */
function gh(words: string[], asks = false): boolean {
  if (!asks) sayBeside(`- gh ${words.slice(0, 3).join(' ')}`)
  const { status, error } = spawnSync('gh', words, {
    stdio: ['ignore', asks ? 'ignore' : 2, asks ? 'ignore' : 'inherit'],
    // otherwise gh asks the clone that it runs in, and there may be none
    env: { GH_REPO: process.env['GITHUB_REPOSITORY'], ...process.env },
  })
  if (error) throw new HostError(`gh: ${error.message}`, 'install gh, the command line of GitHub')
  if (status !== 0 && !asks)
    throw new HostError(
      `gh ${words.slice(0, 3).join(' ')}: exit status ${status}`,
      'give the job "permissions: { contents: write }", and look at what gh says above',
    )
  return status === 0
}
