import { together } from '../../common/words/together.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type {
  JackPlan,
  MixerUse,
  OverclockPlan,
  PlannedBoard,
  PlannedSoundcard,
  PrioritiesPlan,
} from '../plan.ts'
import type { BaseData } from '../schema/base.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { PackageData } from '../schema/package.ts'
import type { ProfileData } from '../schema/profile.ts'
import { emulatedWith, namedBoards, refuseForeign } from './boards.ts'
import type { FoundBase } from './find-base.ts'
import { planJack } from './jack.ts'
import { chosenKernel, refuseUnknownKernel } from './kernel.ts'
import type { ChosenKernel } from './kernel.ts'
import { planMixer } from './mixer.ts'
import { planOverclock } from './overclock.ts'
import { ratesOn, refuseUnfitPairs } from './pairs.ts'
import { planPriorities } from './priorities.ts'
import { withRadioGap } from './radio.ts'
import { secondCard } from './second-card.ts'
import type { SecondCard } from './second-card.ts'
import { chosenServer } from './server.ts'
import { refuseMissingSocket } from './sockets.ts'
import { namedSoundcard } from './soundcards.ts'

/** What was chosen, looked up in the catalogue: it is all there, and it goes together. */
export interface Settled {
  choices: Located<ImageChoices>
  base: { id: string; found: FoundBase; data: BaseData }
  boards: PlannedBoard[]
  card: PlannedSoundcard
  /** where the file of the card says something */
  cardAt: Located<unknown>['at']
  /** the card that is bridged to JACK beside it */
  second: SecondCard | undefined
  kernel: ChosenKernel
  server: PackageData
  jack: JackPlan
  mixer: MixerUse[]
  priorities: PrioritiesPlan
  overclock: OverclockPlan
  profile: { id: string; at: Located<ProfileData>['at']; value: ProfileData } | undefined
  /**
   * the last core is JACK's, the one before it the card's interrupt's; the first ones are
   * everybody's
   */
  cores: { jack: number; interrupt: number }
}

/**
 * Looks up what was chosen, with this sound card. Renders nothing. Throws UserError, with the
 * reason, for what does not go together.
 */
export function settle(
  catalogue: Catalogue,
  choices: Located<ImageChoices>,
  cardId: string,
  found: FoundBase,
): Settled {
  const { value: image, at } = choices
  const { profile: profileId } = image
  const [data, named, { value: cardData, at: cardAt }, server, profile] = together(
    () => catalogue.entry('bases', found.id, `${at(['base'])} base`).value,
    () => namedBoards(catalogue, choices),
    () => namedSoundcard(catalogue, cardId, at(['soundcard'])),
    () => chosenServer(catalogue, choices),
    () =>
      profileId === undefined
        ? undefined
        : { id: profileId, ...catalogue.entry('profiles', profileId, at(['profile'])) },
    () => refuseUnknownKernel(catalogue, choices),
  )
  const base = { id: found.id, found, data }
  const offered = { id: cardId, ...cardData }
  together(
    () => refuseMissingSocket(catalogue, offered, named, choices),
    () => refuseForeign(catalogue, named, choices, base, offered),
  )
  const kernel = chosenKernel(catalogue, choices, named, offered, base.data)
  const chosen = { base: data, family: kernel.data.family }
  const boards = named.map((board) => withRadioGap(catalogue, emulatedWith(board, kernel), chosen))
  const { driver } = cardData
  const card = {
    id: cardId,
    ...cardData,
    driver: typeof driver === 'string' ? driver : driver[kernel.data.family],
    rates: cardData.rates.filter((rate) =>
      boards.every(({ id }) => ratesOn(cardData, id, kernel).includes(rate)),
    ),
  }
  const [, mixer, second, { priorities, jack }, overclock] = together(
    () => refuseUnfitPairs(catalogue, card, cardAt, boards, kernel),
    () => planMixer(catalogue, choices, card, cardAt),
    () => secondCard(catalogue, choices, card),
    () => {
      const priorities = planPriorities(catalogue, choices, card.bus)
      // A rate that the card has with other kernels only has chosen one of these, or was refused.
      const offers = { ...card, rates: cardData.rates }
      return { priorities, jack: planJack(choices, server, offers, priorities.jackd) }
    },
    () => planOverclock(choices, boards),
  )
  const fewest = Math.min(...boards.map((board) => board.cores))
  const cores = { jack: fewest - 1, interrupt: Math.max(0, fewest - 2) }
  return {
    choices,
    base,
    boards,
    card,
    cardAt,
    second,
    kernel,
    server,
    jack,
    mixer,
    priorities,
    overclock,
    profile,
    cores,
  }
}
