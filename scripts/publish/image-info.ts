import { periodsWaited } from '../../lib/plan/choices/jack.ts'
import type { FileFacts } from './imager.ts'
import type { Plan } from '../../lib/plan/plan.ts'

/** What is in an image, for a person: `lock` is packages.lock, a line a package. */
export function imageInfo(plan: Plan, image: FileFacts, lock: string): string {
  const { jack, hostname, user } = plan.configure.view
  const { base, kernel } = plan.release
  const packages = lock
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
  const boards = plan.boards.map(({ name }) => name)
  const rows: [string, string][] = [
    ['boards', boards.join(', ')],
    ['sound card', plan.soundcard.name],
    [
      'JACK',
      `${jack.server}, ${jack.period} frames x ${periodsWaited(jack)} at ${jack.rate} Hz = ${jack.latency_ms} ms`,
    ],
    ['base', base],
    ['kernel', kernel],
    ['host name', hostname],
    [
      'user',
      `${user.name}, without a password; ${user.ssh_keys.length} SSH key${user.ssh_keys.length === 1 ? '' : 's'}`,
    ],
    ['size', `${image.bytes} bytes; it grows to the size of the card on the first boot`],
    ['sha256', image.sha256],
  ]
  const tunings = plan.tunings.flatMap(({ id, about, off, boards: some }) =>
    off !== undefined
      ? []
      : [`  ${id}: ${about}${some.length < boards.length ? ` (for ${some.join(', ')})` : ''}`],
  )
  return [
    `${plan.name}: an image for realtime audio, made by downbeat`,
    '',
    ...rows.map(([what, is]) => `  ${what.padEnd(10)}  ${is}`),
    '',
    'Tunings in force',
    ...tunings,
    '',
    `Packages (${packages.length})`,
    ...packages.map(([name, version, arch]) => `  ${name} ${version} ${arch}`),
    '',
  ].join('\n')
}
