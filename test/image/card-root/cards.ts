import { own } from '../first-boot/cards.ts'
import { everyMoment } from '../first-boot/cuts.ts'
import { firstrun } from '../first-boot/imager.ts'
import type { Card, Start } from './card.ts'
import { toml } from './changes.ts'
import { copied } from './copied.ts'
import { fromOthers } from './from-others.ts'
import { fromImager, imager, imagerObeyed, words } from './imager.ts'
import { oldImager } from './old-imager.ts'
import { refused } from './refused.ts'
import { accountRenamed, everythingTold, ours } from './ours.ts'
import { ofRaspberryPiOS } from './raspberry-pi-os.ts'

/** One start after another is cut off; each begins anew with what the ones before it have left. */
const cutAt = (said: string[], put: Record<string, string>, append?: string): Start[] => [
  ...said.map((cut, i) =>
    i === 0 ? { put, ...(append === undefined ? {} : { append }), cut } : { cut },
  ),
  {},
]
/** What is done in several steps; before each, the one before it is on the disk. */
const renamedAt = (...moments: string[]): Card[] =>
  moments.map((cut) => ({
    title: `while the account is renamed, at "${cut.slice(2)}",`,
    starts: cutAt([cut], toml('user.name = "anna"')),
    as: accountRenamed,
  }))

export const cards: Card[] = [
  ...ours,
  ...refused,
  ...copied,
  ...fromImager,
  ...oldImager,
  ...ofRaspberryPiOS,
  ...fromOthers,
  ...renamedAt('+ sync /etc/subuid.new'),
]

/** At every moment; and the cards that each has to end as. */
export const pulledAnywhere: Card[] = [
  ...[...ours, ...fromImager].filter(({ title }) =>
    [everythingTold, accountRenamed, imagerObeyed].includes(title),
  ),
  {
    title: 'at every moment that the settings announce',
    starts: cutAt(
      everyMoment.filter((moment) => moment.startsWith('settings')),
      { 'downbeat.toml': own },
    ),
    as: everythingTold,
  },
  ...renamedAt('+ sync', '+ sync /etc/sudoers.d/downbeat.new', '+ sync /var/lib/downbeat/user.new'),
  {
    title: 'at every moment that the script of Raspberry Pi Imager announces',
    starts: cutAt(
      ['running it', 'taking it out of cmdline.txt', 'firstrun.sh done'],
      { 'firstrun.sh': firstrun(imager) },
      words,
    ),
    as: imagerObeyed,
  },
]
