import type { Build } from './build.ts'
import type { Kept } from './kept.ts'

/** Base, kernel, firmware and JACK of a build: what it is, and which version. */
export function versionsOf({
  plan,
  record,
  packages,
  kept,
}: Build & { kept: Kept }): [part: string, version: string][] {
  const { base, kernel } = plan.release
  const { server } = plan.configure.view.jack
  const packed = (pattern: RegExp): [string, string][] =>
    packages
      .filter(({ name }) => pattern.test(name))
      .map(({ name, version }) => [`Package ${name}`, version])
  const firmware: [string, string][] =
    plan.firmware === undefined
      ? []
      : [
          [
            'Boot firmware',
            [`${plan.firmware.package} of ${plan.firmware.suite}`, ...kept.firmware].join('; '),
          ],
        ]
  return [
    ['Base', base],
    ['Kernel', kernel],
    ...(record.kernel === undefined ? [] : [kernelTaken(record.kernel)]),
    ...packed(/^(linux-image|raspi-firmware|firmware-)/),
    ...firmware,
    ['JACK', server],
    ...packed(/^(jackd|libjack)/),
  ]
}

function kernelTaken(taken: NonNullable<Build['record']['kernel']>): [string, string] {
  const { linux, package: name, version, suite, sha256, url, commit } = taken
  const source =
    commit === undefined
      ? `${name ?? ''} ${version ?? ''} of ${suite ?? ''}, sha256 ${sha256 ?? ''}`
      : `commit ${commit} of ${url ?? ''}`
  return ['Linux', `${linux}: ${source}`]
}
