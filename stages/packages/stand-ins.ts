/** The control file of a source package of our own, and the version that it will have. */
export interface OwnPackage {
  control: string
  version: string
}

// What these say, only the finished package knows; nothing of that is kept out of an image.
const filledIn = /,?\s*\$\{\w+:\w+\}/g
const kept = /^(Package|Depends|Pre-Depends|Provides|Conflicts|Breaks|Replaces|Multi-Arch):/

/**
 * A list of packages as an archive has it, for packages that are not compiled yet: enough for apt to
 * resolve what else they need.
 */
export function standIns(own: readonly OwnPackage[], arch: string): string {
  return own
    .flatMap(({ control, version }) =>
      control
        .split(/\n\n+/)
        .filter((stanza) => /^Package:/m.test(stanza))
        .map((stanza) => {
          const name = /^Package: (\S+)/m.exec(stanza)![1]!
          return stanzaOf(stanza, { name, version, arch })
        }),
    )
    .join('\n')
}

/** The entry of one package: of its fields those by which apt resolves. */
export function stanzaOf(
  stanza: string,
  { name, version, arch }: { name: string; version: string; arch: string },
): string {
  const fields = stanza
    .replaceAll(/\n[ \t]+/g, ' ')
    .replaceAll('${binary:Version}', version)
    .split('\n')
    .filter((field) => kept.test(field))
    .map((field) => field.replaceAll(filledIn, '').replace(/:\s*,\s*/, ': '))
    .filter((field) => !/:\s*$/.test(field))
  const lines = [
    ...fields,
    `Version: ${version}`,
    `Architecture: ${arch}`,
    `Filename: ./${name}.deb`,
    'Size: 1',
    `SHA256: ${'0'.repeat(64)}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}
