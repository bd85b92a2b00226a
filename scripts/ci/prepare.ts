import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { base } from '../../stages/base.ts'
import { firmware } from '../../stages/firmware.ts'
import { jack } from '../../stages/jack.ts'
import { kernel } from '../../stages/kernel.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { annotation } from '../session/annotate.ts'
import { onGithub } from '../session/on-github.ts'
import { diskSpace } from '../session/disk-space.ts'
import { checkHost, requireHost } from '../session/host.ts'
import type { Check } from '../session/host.ts'
import { sayBeside } from '../session/print.ts'
import { cacheFolder } from '../session/session.ts'
import { isFork, setOutputs, tag } from './github.ts'
import { outOf, plansOf } from './images.ts'
import type { Said } from './inputs.ts'
import { forgetResult } from './result.ts'

/** The stages that download or compile: what they do decides what is worth keeping between runs. */
const dear = [base, firmware, jack, kernel, rootfs, toolbox]

/**
 * Looks at all that can be wrong before anything is made, and makes the machine ready. `texts`: the
 * inputs as they were given, for the steps behind this one.
 */
export async function prepare(said: Said, texts: Record<string, string>): Promise<void> {
  const plans = await plansOf(said)
  const publishes = mayPublish(said)
  const attests = mayAttest(said)
  requireHost([diskSpace()])
  await mendHost()
  forgetResult(outOf(said))
  const system = `downbeat-${process.platform}-${process.arch}-`
  setOutputs({
    inputs: JSON.stringify(texts),
    cache: String(said.cache),
    // A fork may read what we have kept. What its code has made is not kept for others.
    save: String(said.cache && !isFork()),
    'cache-path': join(cacheFolder(), 'kept'),
    'cache-key': `${system}${keyOfPlans(plans)}`,
    'cache-restore': system,
    publish: String(publishes),
    attest: String(attests),
    artifact: said.artifact,
    upload: String(said.artifact !== '' && said.until === ''),
    logs: join(outOf(said), 'logs'),
    'logs-name': `${said.artifact || 'downbeat'}-logs`,
  })
}

/** Whether there is a release to put files into. Throws UserError where nobody let us. */
function mayPublish({ release }: Said): boolean {
  if (release !== 'true') return false
  if (tag() === undefined) {
    const text = 'this run is for no tag: the images are packed, and put into no release'
    sayBeside(onGithub() ? annotation('notice', text) : `- ${text}`)
    return false
  }
  // a laptop has a login of its own
  if (process.env['HAS_TOKEN'] === 'false')
    throw new UserError(
      'input release: there is no token that may write the release: give the job "permissions: { contents: write }", or say release: pack',
    )
  return true
}

/** Throws UserError where the job has no right to sign for its repository. */
function mayAttest({ attest }: Said): boolean {
  // GitHub puts it there for a job that may ask who it is
  if (attest && onGithub() && !process.env['ACTIONS_ID_TOKEN_REQUEST_URL'])
    throw new UserError(
      'input attest: the job may not sign: give it "permissions: { id-token: write, attestations: write }" beside what it has, or leave attest out',
    )
  return attest
}

const keyOfPlans = (plans: readonly Plan[]): string => {
  const keys = plans.flatMap((plan) =>
    dear.filter((stage) => stage.given(plan) !== undefined).map((stage) => keyOf(stage, plan)),
  )
  return createHash('sha256')
    .update([...new Set(keys)].sort().join())
    .digest('hex')
    .slice(0, 16)
}

/** Runs the commands that `./downbeat doctor` would tell, until nothing is missing. */
async function mendHost(): Promise<void> {
  const tried = new Set<string>()
  for (;;) {
    const checks = await checkHost(cacheFolder())
    const commands = mends(checks).filter((command) => !tried.has(command.join(' ')))
    if (commands.length === 0) return requireHost(checks)
    for (const command of commands) {
      sayBeside(`- ${command.join(' ')}`)
      tried.add(command.join(' '))
      const { status, error } = spawnSync(command[0]!, command.slice(1), {
        // what it prints is no result
        stdio: ['ignore', 2, 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
      if (status !== 0)
        throw new HostError(
          `${command.join(' ')}: ${error === undefined ? `exit status ${status}` : error.message}`,
          command.join(' '),
        )
    }
  }
}

/** The commands that mend what is missing, each as its words. */
export function mends(checks: readonly Check[]): string[][] {
  const bad = checks.filter(({ ok }) => !ok)
  const root = process.getuid?.() === 0
  const sudo = root ? [] : ['sudo'] // a container may have none
  const packages = [...new Set(bad.flatMap((check) => check.package ?? []))]
  const apt =
    packages.length === 0
      ? []
      : [
          [...sudo, 'apt-get', '-qq', 'update'],
          [...sudo, 'apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...packages],
        ]
  // of the others some are advice, and no command
  const others = bad.flatMap(({ package: debian, mend = '' }) =>
    debian === undefined && mend.startsWith('sudo ') ? [mend.split(' ').slice(root ? 1 : 0)] : [],
  )
  return [...apt, ...others]
}
