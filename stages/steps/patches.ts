import { writeFileSync } from 'node:fs'
import type { TextFile } from '../../lib/common/files/text-files.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Shell } from '../../lib/engine/shell/shell.ts'

/**
 * Applies patches to the unpacked source in `tree`, each exactly or not at all. Throws UserError
 * that names the patch, the hunk and the file that it does not fit. `work`: a folder for scratch.
 */
export async function applyPatches(
  $: Shell,
  patches: readonly TextFile[],
  tree: string,
  work: string,
): Promise<void> {
  for (const { path, text } of patches) {
    writeFileSync(`${work}/patch`, text)
    const said =
      await $.text`patch --directory=${tree} --strip=1 --batch --forward --fuzz=0 --no-backup-if-mismatch --reject-file=- <${work}/patch 2>&1 || echo refused`
    if (!said.endsWith('refused')) continue
    throw new UserError(`${path}: ${refusal(said)}`)
  }
}

/** What patch(1) did not like, out of what it printed. */
export function refusal(said: string): string {
  let file = 'a file that is not there'
  for (const line of said.split('\n')) {
    const named =
      /^(?:checking|patching) file (?<file>.+?)(?: \(.*\))?$/.exec(line) ??
      /^\|(?:---|\+\+\+) [^/]+\/(?<file>\S+)/.exec(line)
    file = named?.groups?.['file'] ?? file
    const hunk = /^Hunk #(?<number>\d+) (?:FAILED|ignored|is.*) at (?<at>\d+)/.exec(line)?.groups
    if (hunk)
      return `hunk ${hunk['number']} does not fit ${file} at line ${hunk['at']}; the source has changed there: make the patch anew`
    if (line.startsWith('Reversed (or previously applied)'))
      return `${file} has it already: take the patch away`
    if (line.startsWith('No file to patch'))
      return `there is no ${file} to change: make the patch anew, or take it away`
    if (/\*\*\*\* malformed/.test(line)) return line.replace(/^.*malformed/, 'malformed')
    if (/Only garbage was found/.test(line)) return 'it is no patch'
  }
  return `it does not apply to ${file}`
}
