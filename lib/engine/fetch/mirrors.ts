/** Another place for all addresses that begin like this, such as a mirror in the house. */
export interface Mirror {
  from: string
  to: string
}

const bare = (prefix: string): string => prefix.replace(/\/+$/, '')

/** The mirror with the longest prefix that fits; a prefix ends where a part of the path ends. */
export const mirrorOf = (asked: string, mirrors: readonly Mirror[]): Mirror | undefined =>
  mirrors
    .filter(
      ({ from }) =>
        asked.startsWith(bare(from)) && /^([/?#]|$)/.test(asked.slice(bare(from).length)),
    )
    .sort((a, b) => bare(b.from).length - bare(a.from).length)[0]

/** The address at its mirror, if there is one for it. */
export function mirrored(asked: string, mirrors: readonly Mirror[]): string {
  const mirror = mirrorOf(asked, mirrors)
  return mirror === undefined ? asked : bare(mirror.to) + asked.slice(bare(mirror.from).length)
}
