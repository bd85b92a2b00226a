import { bootEnd } from '../../lib/prove/emulator/boot-end.ts'
import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

const FAILED = 'systemctl --failed --plain --no-legend'
/** What they said before they failed. */
const WHY = `journalctl --boot --output short-monotonic --lines 60 $(${FAILED} | awk '{ print "--unit", $1 }')`

/** What every image promises on its first boot, whatever its tunings. */
export async function firstBoot(
  { console }: Booted,
  where: string,
  root: RegExp,
  ssh: boolean,
): Promise<ProofResult[]> {
  const check = async (proof: string, run: string, pattern: RegExp): Promise<ProofResult> => {
    const { text } = await console.run(run)
    return {
      tuning: 'first-boot',
      proof,
      where,
      expected: pattern.source,
      seen: text,
      passed: pattern.test(text),
    }
  }
  const state = await bootEnd(console)
  const failed = await check('no unit has failed', FAILED, /^$/)
  // into the log of the console: the proof itself has no room for it
  if (!failed.passed) await console.run(WHY)
  return [
    {
      tuning: 'first-boot',
      proof: 'the boot comes to its end',
      where,
      expected: 'running',
      seen: state,
      passed: state === 'running',
    },
    failed,
    await check(
      'the root file system is on the disk that it should be on',
      'findmnt -no SOURCE /',
      root,
    ),
    await check('the root file system fills the card', 'findmnt -bno SIZE /', /^1[5-9]\d{8}$/m),
    await check(
      'the host keys are made',
      'ls /etc/ssh/ssh_host_ed25519_key',
      /^\/etc\/ssh\/ssh_host_ed25519_key$/m,
    ),
    await check('the machine has an identity', 'cat /etc/machine-id', /^[0-9a-f]{32}$/m),
    ssh
      ? await check('the SSH server listens', 'systemctl is-active ssh.service', /^active$/m)
      : await check(
          'nobody could log in, so no SSH server listens',
          'systemctl is-active ssh.service',
          /^inactive$/m,
        ),
    await check('no account has a password', "cut -d: -f2 /etc/shadow | grep -vc '^[*!]'", /^0$/m),
  ]
}
