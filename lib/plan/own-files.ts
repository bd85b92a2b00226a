import type { Plan } from './plan.ts'

/** What of somebody's own folder is in a plan, for people; nothing where there is nothing. */
export const ownInWords = ({ own = [] }: Plan): string[] =>
  own.length === 0
    ? []
    : [
        `yours: ${own.map(({ path, instead }) => `${path}${instead ? ' (in the place of ours)' : ''}`).join(', ')}`,
      ]
