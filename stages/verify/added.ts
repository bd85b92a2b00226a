import { writeFileSync } from 'node:fs'
import { tagsUpTo } from '../../lib/plan/instructions.ts'
import type { AddedPlan } from '../../lib/plan/plan.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import type { Shell } from '../../lib/engine/shell/shell.ts'

/**
 * Reads of every program and library that we add to a base what processors it is compiled for. `fs`
 * is the root file system of the image, as debugfs takes it.
 */
export async function added(
  $: Shell,
  { instructions, packages, programs }: AddedPlan,
  fs: string,
  work: string,
): Promise<ProofResult> {
  const owned = await $.text`mkdir lists added
    debugfs -R 'rdump /var/lib/dpkg/info lists' ${fs} 2>/dev/null
    cd lists/info
    for name in ${packages}; do cat "$name".list "$name":*.list 2>/dev/null || true; done # most have one of these`
  const paths = [...new Set([...owned.split('\n'), ...programs])].filter((path) =>
    /^\/[\w+./-]+$/.test(path),
  )
  const requests = paths.map((path, i) => `dump ${path} added/${i}\n`).join('')
  writeFileSync(`${work}/requests`, requests)
  // of a folder and of a link there is nothing to copy, and of a text readelf says that it is none
  const said = await $.text`debugfs -f requests ${fs} >debugfs.log 2>&1
    cd added
    LC_ALL=C readelf --wide -hA * 2>/dev/null || true`
  return judge(instructions, paths, said)
}

/** `said`: what readelf says of files whose names are places in `paths`. */
export function judge(
  instructions: AddedPlan['instructions'],
  paths: readonly string[],
  said: string,
): ProofResult {
  const right = tagsUpTo(instructions)
  const files = said
    .split(/^File: /m)
    .filter((text) => text.includes('ELF Header:'))
    .map((text) => ({
      path: paths[Number.parseInt(text, 10)]!,
      tag: /^ *Tag_CPU_arch: (\S+)/m.exec(text)?.[1] ?? 'anything',
    }))
  const wrong = files.filter(({ tag }) => !right.includes(tag))
  const expected = `every program and library for ${instructions} or older`
  return {
    tuning: 'base',
    proof: 'what is added to the base runs on the oldest of the boards',
    where: 'image',
    passed: files.length > 0 && wrong.length === 0,
    expected,
    seen:
      wrong.length > 0
        ? wrong.map(({ path, tag }) => `${path} is for ${tag}`).join('\n')
        : `${files.length} files for ${[...new Set(files.map(({ tag }) => tag))].join(', ') || 'nothing'}`,
  }
}
