import { UserError } from '../../common/words/errors.ts'
import type { PrioritiesPlan } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import { Priorities } from '../schema/priorities.ts'
import type { SoundcardData } from '../schema/soundcard.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'

/**
 * The table of priorities for a card, with the server's as the image wants it. Refused unless
 * clients < jackd < the card's interrupt < the kernel's, and every other interrupt thread is below
 * the clients.
 */
export function planPriorities(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
  bus: SoundcardData['bus'],
): PrioritiesPlan {
  const table = catalogue.table('priorities.yaml', Priorities)
  const { kernel, sound_interrupt, clients_below, interrupts, others } = table.value
  const own = value.jack.realtime_priority
  const jackd = own ?? table.value.jackd
  const interrupt = sound_interrupt[bus]
  const place =
    own === undefined
      ? `${table.at(['jackd'])} jackd`
      : `${at(['jack', 'realtime_priority'])} jack.realtime_priority`
  const clients = jackd - clients_below
  const [from, to] = [interrupts + clients_below + 1, interrupt.priority - 1]
  const range =
    from > to ? '' : `; with this card the server can have ${from} to ${to} (priorities.yaml)`
  const here = (...path: string[]): string => `${table.at(path)} ${path.join('.')}`
  const ladder: [place: string, below: [string, number], above: [string, number], mend: string][] =
    [
      [here('others'), ['other programs', others], ['other interrupt threads', interrupts], ''],
      [place, ['other interrupt threads', interrupts], ['JACK clients', clients], range],
      [here('clients_below'), ['JACK clients', clients], ['jackd', jackd], ''],
      [place, ['jackd', jackd], ["the sound card's interrupt", interrupt.priority], range],
      [
        here('sound_interrupt', bus, 'priority'),
        ["the sound card's interrupt", interrupt.priority],
        ['the kernel', kernel],
        '',
      ],
    ]
  for (const [where, [low, lower], [high, higher], mend] of ladder) {
    if (lower >= higher)
      throw new UserError(
        `${where}: ${low}, at ${lower}, must be below ${high}, at ${higher}${mend}`,
      )
  }
  return {
    kernel,
    sound_interrupt: interrupt.priority,
    sound_interrupt_actions: interrupt.actions,
    jackd,
    clients,
    interrupts,
    others,
  }
}
