import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import { accepts, question } from '../../lib/plan/proofs/proof.ts'
import type { ProofData } from '../../lib/plan/schema/tuning.ts'

/** Seconds since the boot, by the guest's own clock. */
export const secondsUp = async ({ console }: Booted): Promise<number> =>
  Number((await console.run('cut -d" " -f1 /proc/uptime')).text.trim())

/**
 * Asks until the answer is right, or the time since the boot that the proof allows is over. All
 * proofs have that time at once: of those that fail together only the first takes it. Seconds of
 * the guest.
 */
export async function ask(
  booted: Booted,
  proof: ProofData,
  since: number,
): Promise<{ passed: boolean; seen: string }> {
  const { run, verdict } = question(proof)
  const end = since + (proof.wait ?? 0)
  for (;;) {
    // so that a question which takes all the time is not the only one
    const last = (await secondsUp(booted)) >= end
    const { text, status } = await booted.console.run(run)
    // `cat` of a file that is not there
    const seen = 'file' in proof && status !== 0 ? undefined : text
    const passed = accepts(verdict, seen)
    if (passed || last) return { passed, seen: seen ?? 'no such file' }
    await booted.console.run('sleep 2')
  }
}
