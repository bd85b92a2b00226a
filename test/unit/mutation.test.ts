import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { configLine } from '../../lib/prove/proof/kernel-config.ts'
import { accepts, titleOf, normalConfig, question } from '../../lib/plan/proofs/proof.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { ProofData } from '../../lib/plan/schema/tuning.ts'
import { catalogueAt, filesOf, idsOf, inForce, planOf, repository } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

// A proof that holds without the tuning proves nothing. So each tuning is taken out of its own
// image: a mutant is the same repository, with the same choices, in which the tuning is in force
// and changes nothing. With the change each of its proofs holds, and in the mutant none does.
// Judged are the proofs that need no running system, on what the plan asks for.

/** What the kernel is asked to be: the fragments in order, then the tunings; a later line wins. */
function configOf({ kernel }: Plan): string | undefined {
  if (!kernel) return undefined // a package's, which no plan knows
  const asked = [...kernel.fragments, ...kernel.options].flatMap(({ text }) => text.split('\n'))
  const lines = asked
    .filter((line) => /^(CONFIG_\w+=|# CONFIG_\w+ is not set$)/.test(line))
    .map(normalConfig)
  return [...new Map(lines.map((line) => [/CONFIG_\w+/.exec(line)![0], line])).values()].join('\n')
}

/**
 * Whether a proof holds on what the plan asks for; undefined: only a running system or a finished
 * image shows it.
 */
function holds(proof: ProofData, plan: Plan): boolean | undefined {
  if ('file' in proof) return accepts(question(proof).verdict, filesOf(plan).get(proof.file))
  const config = configOf(plan)
  if ('config' in proof)
    return config === undefined
      ? undefined
      : configLine(config, proof.config) === normalConfig(proof.config)
  if ('package' in proof)
    return plan.rootfs.packages.includes(proof.package) === (proof.is === 'installed')
  if (!('unit' in proof) || proof.is === 'active') return undefined
  const [masked, enabled] = [plan.image.mask, plan.image.enable].map((units) =>
    units.some(({ text }) => text === proof.unit),
  )
  return proof.is === 'masked' ? masked! : enabled! && !masked!
}

/**
 * The same files, in which a tuning changes nothing; what its change has brought along is gone with
 * it.
 */
function mutantOf(id: string, edits: Edits): Edits {
  const path = `tunings/${id}.yaml`
  const own = edits[path]
  const text = typeof own === 'string' ? own : readFileSync(join(repository, path), 'utf8')
  const document = parseDocument(text)
  const files = (document.toJS() as { change: { files?: string[] } }).change.files ?? []
  document.set('change', {})
  return {
    ...edits,
    [path]: document.toString(),
    ...Object.fromEntries(files.map((file) => [`templates/${file}`, null])),
  }
}

const { fragments } = resolve(catalogueAt(repository), join(repository, 'image.yaml')).kernel!

/**
 * What a tuning guards against must be there: options that it wants off are asked for by the last
 * fragment of all.
 */
function temptedBy(proofs: readonly ProofData[], edits: Edits): Edits {
  const options = proofs.flatMap(
    (proof) =>
      /^# (CONFIG_\w+) is not set$/.exec(
        'config' in proof ? normalConfig(proof.config) : '',
      )?.[1] ?? [],
  )
  if (options.length === 0) return edits
  return {
    ...edits,
    [`kernel/fragments/${fragments.at(-1)!.path}`]: (text) =>
      `${text}${options.map((option) => `${option}=y\n`).join('')}`,
  }
}

const proofsIn = (plan: Plan, id: string): ProofData[] => {
  const tuning = plan.tunings.find((one) => one.id === id)!
  expect(tuning).not.toHaveProperty('off')
  return tuning.proofs
}

/** Everything that a change can change. */
const outcome = (plan: Plan): unknown => {
  const { configure, kernel, rootfs, image, tools, overlays } = plan
  const { disk: _, ...view } = configure.view
  return {
    view,
    templates: configure.templates.map(({ path }) => path),
    options: kernel?.options,
    rootfs,
    mask: image.mask,
    enable: image.enable,
    tools,
    tried: overlays?.tried,
  }
}

/**
 * Whether a tuning changes anything, its proofs that fail where they must hold, and those that hold
 * without it.
 */
function judge(
  id: string,
  edits: Edits,
  sets: string[],
): { changes: boolean; fail: string[]; hold: string[] } {
  const plain = planOf(edits, sets)
  const proofs = proofsIn(plain, id)
  const tempted = temptedBy(proofs, edits)
  const whole = tempted === edits ? plain : planOf(tempted, sets)
  const mutant = planOf(mutantOf(id, tempted), sets)
  expect(proofsIn(mutant, id)).toEqual(proofs)
  const judged = proofs.filter((proof) => holds(proof, plain) !== undefined)
  const hold = judged.filter((proof) => {
    if (!('package' in proof) || proof.is !== 'absent') return holds(proof, mutant)
    // A package that is kept out is asked for: with the tuning that is refused, and without it the
    // package is there.
    const asked = {
      ...tempted,
      'image.yaml': `${edits['image.yaml'] as string}packages: [${proof.package}]\n`,
    }
    return (
      !refusedFor(proof.package, id, asked, sets) || holds(proof, planOf(mutantOf(id, asked), sets))
    )
  })
  const fail = judged.filter(
    (proof) => holds(proof, plain) === false || holds(proof, whole) === false,
  )
  return {
    changes: !isDeepStrictEqual(outcome(whole), outcome(mutant)),
    fail: fail.map(titleOf),
    hold: hold.map(titleOf),
  }
}

/** Whether a package is refused because a tuning keeps it out. */
function refusedFor(name: string, id: string, edits: Edits, sets: string[]): boolean {
  try {
    planOf(edits, sets)
    return false
  } catch (error) {
    if (error instanceof UserError)
      return error.message.includes(`packages: the tuning ${id} keeps ${name} out of the image`)
    throw error
  }
}

test.each(idsOf('tunings'))(
  '%s changes something, and is proven by what fails without it',
  (id) => {
    const { edits, sets } = inForce(id)
    expect(judge(id, edits, sets)).toEqual({ changes: true, fail: [], hold: [] })
  },
)

// The test above can fail, too: it finds proofs that cannot.
test.each([
  [
    'a line that stands there anyway',
    'cmdline: [x=1]',
    'file: /boot/firmware/cmdline.txt, matches: rootwait',
    'hold',
  ],
  [
    'a line that never stood there',
    'cmdline: [x=1]',
    'file: /boot/firmware/cmdline.txt, lacks: y=1',
    'hold',
  ],
  ['a file that is not there anyway', 'cmdline: [x=1]', 'file: /etc/none, absent: true', 'hold'],
  [
    'a template of somebody else',
    'cmdline: [x=1]',
    'file: /etc/hostname, prints: downbeat',
    'hold',
  ],
  ['an option that the fragments have', 'kernel: [CONFIG_SMP=y]', 'config: CONFIG_SMP=y', 'hold'],
  ['a package of the base', 'packages: [nano]', 'package: nano, is: installed', 'hold'],
  ['a package that nobody keeps out', 'cmdline: [x=1]', 'package: emacs, is: absent', 'hold'],
  [
    'a unit that the base masks',
    'mask: [wpa_supplicant.service]',
    'unit: wpa_supplicant.service, is: masked',
    'hold',
  ],
  [
    'a unit that the base enables',
    'cmdline: [x=1]',
    'unit: downbeat-first-boot.service, is: enabled',
    'hold',
  ],
  [
    'an option that is off until somebody asks',
    'cmdline: [x=1]',
    "config: '# CONFIG_MINE is not set'",
    'fail',
  ],
  [
    'a line with another value',
    'cmdline: [x=1]',
    'file: /boot/firmware/cmdline.txt, matches: x=2',
    'fail',
  ],
  ['a package that is not asked for', 'cmdline: [x=1]', 'package: emacs, is: installed', 'fail'],
])('%s is no proof', (_, change, proof, fault) => {
  const tuning = `about: a test\nsource: a test\nchange: { ${change} }\nproof: [{ ${proof} }]\n`
  const found = judge(
    'mine',
    { 'image.yaml': 'board: pi3b\nsoundcard: usb\n', 'tunings/mine.yaml': tuning },
    [],
  )
  expect(found[fault as 'hold' | 'fail']).toHaveLength(1)
})
