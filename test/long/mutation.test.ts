import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { ProofError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { titleOf } from '../../lib/plan/proofs/proof.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { boot } from '../../stages/boot.ts'
import { root } from '../downbeat.ts'

// test/unit/mutation.test.ts takes the change of every tuning away and sees its proofs fail, as far
// as files show it. Here an image is booted in which no tuning is in force, and asked the proofs of
// all of them: one that comes true there, too, proves nothing. What a tuning does to the kernel
// stays in, because another kernel takes a quarter of an hour.

/** These come true on the bare image as well; why they are asked nevertheless. */
const guards: Record<string, string> = {
  'no-swap: `tail -n +2 /proc/swaps | wc -l` is "0"':
    'no package of this base brings swap; other bases do',
  'irq-priorities: `ps -eLo rtprio=,comm= | awk \'$1 > 70 && $1 < 99 && $2 != "jackd" && !($1 == 85 && $2 ~ /^irq\\//)\'` is ""':
    'what is added to an image later may run above jackd; nothing of the base does',
  'irq-priorities: `ps -eLo rtprio=,comm= | awk \'$2 ~ /^irq\\// && $1 != 85 && $1 != 50\'` is ""':
    'the same, for interrupts',
}

test('the proofs on the running system fail on an image without the tunings', async () => {
  const choices = join(root, 'image.yaml')
  const full = resolve(openCatalogue(root), choices, ['board=pi3b'])
  const kernel = new Set(full.kernel!.options.map(({ by }) => by))
  const tried = full.tunings.filter(({ id, off }) => off === undefined && !kernel.has(id))
  const bare = resolve(openCatalogue(root), choices, [
    'board=pi3b',
    'packages=[dbus, avahi-daemon, python3-minimal]',
    ...tried.map(({ id }) => `tunings.${id}=off`),
  ])
  const asked = structuredClone(tried)
  for (const tuning of asked) {
    tuning.proofs = tuning.proofs.filter((proof) => 'run' in proof && proof.on !== 'device')
    for (const proof of tuning.proofs) proof.wait = 0.1 // of the machine's own clock
  }
  const mutant: Plan = { ...bare, name: 'mutant', tunings: asked }
  const error = await runStages(mutant, [boot], { quiet: true }).then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(ProofError)
  const failed = new Set(
    [...(error as ProofError).message.matchAll(/^ {2}(\S+) \(raspi3b\): (.*)$/gm)].map(
      ([, id, proof]) => `${id}: ${proof}`,
    ),
  )
  const passed = asked
    .flatMap(({ id, proofs }) => proofs.map((proof) => `${id}: ${titleOf(proof)}`))
    .filter((one) => !failed.has(one))
  expect(passed.sort()).toEqual(Object.keys(guards).sort())
})
