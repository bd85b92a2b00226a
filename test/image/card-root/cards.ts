import { own } from '../first-boot/cards.ts'
import { everyMoment } from '../first-boot/cuts.ts'
import { firstrun } from '../first-boot/imager.ts'
import type { Card, Start } from './card.ts'
import { toml } from './changes.ts'
import { fromImager, imager, imagerObeyed, words } from './imager.ts'
import { accountRenamed, everythingTold, ours } from './ours.ts'
import { ofRaspberryPiOS } from './raspberry-pi-os.ts'

/** One start after another is cut off; each begins anew with what the ones before it have left. */
const cutAt = (said: string[], put: Record<string, string>, append?: string): Start[] => [
  ...said.map((cut, i) =>
    i === 0 ? { put, ...(append === undefined ? {} : { append }), cut } : { cut },
  ),
  {},
]
const pulled: Card[] = [
  {
    title: 'at every moment that the settings announce',
    starts: cutAt(
      everyMoment.filter((moment) => moment.startsWith('settings')),
      { 'downbeat.toml': own },
    ),
    as: everythingTold,
  },
  // what is done in several steps; before each, the one before it is on the disk
  ...[
    '+ sync',
    '+ sync /etc/subuid.new',
    '+ sync /etc/sudoers.d/downbeat.new',
    '+ sync /var/lib/downbeat/user.new',
  ].map((cut) => ({
    title: `while the account is renamed, at "${cut.slice(2)}",`,
    starts: cutAt([cut], toml('user.name = "anna"')),
    as: accountRenamed,
  })),
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

export const cards: Card[] = [...ours, ...fromImager, ...ofRaspberryPiOS, ...pulled]
