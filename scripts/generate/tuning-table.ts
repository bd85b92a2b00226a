import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { titleOf } from '../../lib/plan/proofs/proof.ts'
import { Checklist } from './checklist.ts'
import type { TuningData } from '../../lib/plan/schema/tuning.ts'
import { readYaml } from '../../lib/plan/catalogue/yaml.ts'

/**
 * docs/tunings.md: every row of the checklist with what answers and what proves it, then every
 * tuning.
 */
export function tuningTable(root: string): string {
  const { value: checklist, at } = readYaml(join(root, 'docs/checklist.yaml'), Checklist, root)
  const catalogue = openCatalogue(root)
  const ids = catalogue.ids('tunings')
  const tunings = new Map(ids.map((id) => [id, catalogue.entry('tunings', id, 'tunings').value]))
  const rowsOf = new Map<string, string[]>()
  const lines = [
    '# Tunings',
    '',
    'Made by `./downbeat generate` from `docs/checklist.yaml` and `tunings/`.',
    '',
    'What the two founding documents advise, sentence by sentence: what it means today, what answers it in an image, and how',
    'that is proven. `./downbeat plan --explain <tuning>` shows one of them for your choices, `--set tunings.<tuning>=off`',
    'switches it off.',
    '',
    ...Object.values(checklist.documents).map(({ text }) => `- ${text}`),
    '',
    'A proof is made on the finished image, on the kernel configuration, in the emulated boot, in the emulated boot with a',
    'sound card, or on a real Raspberry Pi only (by `downbeat-doctor`).',
  ]
  for (const [i, section] of checklist.sections.entries()) {
    const document = checklist.documents[section.document]
    lines.push('', `## ${section.title}`, '', ...(document ? [`From ${document.name}.`, ''] : []))
    lines.push(
      '| row | it says | today | answered by | proven by |',
      '| --- | --- | --- | --- | --- |',
    )
    for (const [id, row] of Object.entries(section.rows)) {
      for (const [j, tuning] of (row.tunings ?? []).entries()) {
        if (!tunings.has(tuning))
          throw new UserError(
            `${at(['sections', i, 'rows', id, 'tunings', j])} there is no tunings/${tuning}.yaml${didYouMean(tuning, ids)}`,
          )
        rowsOf.set(tuning, [...(rowsOf.get(tuning) ?? []), id])
      }
      const named = (row.tunings ?? []).map((tuning) => `[${tuning}](#${tuning})`).join(', ')
      const answer = [named, row.rule, row.because]
        .filter((part) => part !== undefined && part !== '')
        .join('. ')
      const proofs = (row.tunings ?? []).map((tuning) => kinds(tunings.get(tuning)!))
      const proven = [
        ...new Set([...proofs, ...(row.test === undefined ? [] : ['unit test'])]),
      ].join('; ')
      lines.push(`| ${[id, row.says, row.today, answer, proven].map(cell).join(' | ')} |`)
    }
  }
  lines.push('', '## Every tuning')
  for (const [id, tuning] of tunings) {
    lines.push('', `### ${id}`, '', `${tuning.about}.${usualOf(tuning.default)}`, '')
    lines.push(`- source: ${tuning.source}`, `- rows: ${rowsOf.get(id)?.join(', ') ?? 'none'}`)
    const when = Object.entries(tuning.when).map(
      ([fact, wanted]) => `\`${fact}\` ${JSON.stringify(wanted)}`,
    )
    if (when.length > 0)
      lines.push(
        `- when: ${when.join(', ')}${tuning.otherwise === undefined ? '' : `. Otherwise: ${tuning.otherwise}`}`,
      )
    if (tuning.conflicts.length > 0)
      lines.push(`- does not go with: ${tuning.conflicts.join(', ')}`)
    for (const proof of tuning.proof)
      lines.push(`- proof (${where(proof)}): ${escape(titleOf(proof))}`)
  }
  return `${lines.join('\n')}\n`
}

/** When a tuning is in force without being asked for, where that is not everywhere. */
function usualOf(usual: TuningData['default']): string {
  if (usual === 'on') return ''
  if (usual === 'off') return ' Off unless asked for.'
  const facts = Object.entries(usual).map(
    ([fact, wanted]) => `\`${fact}\` ${JSON.stringify(wanted)}`,
  )
  return ` On by itself where ${facts.join(', ')}; elsewhere off unless asked for.`
}

/** Where a proof is made, in one word. */
function where(proof: TuningData['proof'][number]): string {
  if (proof.on === 'device') return 'device'
  if (proof.on === 'emulator') return 'emulated board'
  if ('config' in proof) return 'kernel configuration'
  if (!('run' in proof) && !('is' in proof && proof.is === 'active')) return 'image'
  return proof.on === 'card' ? 'boot with a card' : 'boot'
}

/** "image, 2 boot": how often a tuning is proven where. */
function kinds(tuning: TuningData): string {
  const count = new Map<string, number>()
  for (const proof of tuning.proof) count.set(where(proof), (count.get(where(proof)) ?? 0) + 1)
  return [...count].map(([kind, times]) => (times === 1 ? kind : `${times} ${kind}`)).join(', ')
}

const escape = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('\n', ' ')
const cell = (text: string): string => escape(text).replaceAll('|', '\\|')
