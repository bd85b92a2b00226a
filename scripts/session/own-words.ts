import type { Plan } from '../../lib/plan/plan.ts'

/** What of somebody's own folder is in a plan, for people; nothing where there is nothing. */
export function ownInWords({ own }: Plan): string[] {
  if (own === undefined) return []
  const { data, content } = own
  const all = [
    ...data.map(({ path, instead }) => `${path}${instead ? ' (in the place of ours)' : ''}`),
    ...(content?.debs ?? []).map(({ file }) => `packages/${file}`),
    ...(content?.files ?? []).flatMap(({ kind, path }) =>
      kind === 'folder' ? [] : [`files/${path}`],
    ),
    ...(content?.hooks ?? []).map(({ on }) => `hooks/${on}`),
  ]
  const more = all.length - MOST
  return [`yours: ${all.slice(0, MOST).join(', ')}${more > 0 ? `, and ${more} more` : ''}`]
}

const MOST = 40
