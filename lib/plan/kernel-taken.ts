/** Which source a kernel was compiled from, as it was found when it was compiled: in build.json. */
export interface KernelTaken {
  /** Linux' own version, such as 7.3.4 */
  linux: string
  /** package of Debian, and its version and suite */
  package?: string
  version?: string
  suite?: string
  /** of the package, or of the .dsc that names the hashes of a source package */
  sha256?: string
  /** the newest version that the archive lists, which may not be there to be had */
  listed?: string
  url?: string
  commit?: string
}

/** What is said of it where a build ends: what it is, and that it is not the newest one. */
export function kernelInWords(taken: KernelTaken | undefined): string[] {
  if (taken === undefined) return []
  const { linux, package: name, version, suite, sha256, listed, url, commit } = taken
  const source =
    commit === undefined
      ? `${name} ${version} of ${suite}, sha256 ${sha256}`
      : `commit ${commit} of ${url}`
  return [
    `Linux ${linux}: ${source}`,
    ...(listed === undefined || listed === version
      ? []
      : [
          `note: this kernel is older than the archive's newest: ${name} ${listed} is listed, and its files cannot be had there. ./downbeat build --fresh kernel asks again`,
        ]),
  ]
}
