/**
 * What a line of config.txt is about: a parameter, an overlay or a setting; undefined for a
 * comment, a filter or nothing.
 */
function subject(line: string): string | undefined {
  const [, key, value] = /^\s*([a-z]\w*)=(.*)$/i.exec(line) ?? []
  if (key === undefined) return undefined
  return key === 'dtparam' || key === 'dtoverlay'
    ? `${key}=${/^[^,=]*/.exec(value!.trim())![0]}`
    : key
}

/**
 * The config.txt of the base, with ours after it. A person who knows the file of the base finds
 * everything at its old place. Some lines of the base become comments that say why: a line about
 * something that ours sets too, and a line that `unfit` names (such as `dtoverlay=vc4-kms-v3d`,
 * `auto_initramfs`). Otherwise the firmware would load an overlay twice if it is named twice. An
 * empty `dtoverlay=` of ours has to be there before any overlay or parameter of the base.
 */
export function mergeConfig(
  base: string,
  ours: string,
  unfit: readonly { text: string; by: string }[],
): string {
  const forAll = linesForAll(ours)
  const everywhere = new Set(forAll.flatMap((line) => subject(line) ?? []))
  const first = forAll.includes('dtoverlay=')
    ? ["# downbeat says below which overlay is loaded, not a HAT's EEPROM", 'dtoverlay=', '']
    : []
  const kept = base
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => {
      const about = subject(line)
      if (about === undefined) return line
      const reason = unfit.find(({ text }) => text === about)
      if (reason) return `# ${reason.by} does without: ${line}`
      return everywhere.has(about) ? `# said below by downbeat: ${line}` : line
    })
  return [...first, ...kept, '', '[all]', ours.trimStart()].join('\n')
}

/** The lines of a config.txt that hold for every board. */
function linesForAll(config: string): string[] {
  let all = true
  return config.split('\n').filter((line) => {
    const filter = /^\s*\[(.*)\]\s*$/.exec(line)?.[1]
    if (filter !== undefined) all = filter === 'all'
    return all
  })
}
