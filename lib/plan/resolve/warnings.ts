import { knownOf } from '../choices/pairs.ts'
import { isUsualPeriod } from '../choices/period.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { Settled } from '../choices/settle.ts'
import type { JackPlan, PlannedBoard, PlannedSoundcard } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/** What somebody who makes these choices should know. */
export function warningsOf(
  { choices, boards, card, jack, kernel }: Settled,
  { inForce }: TuningsInForce,
): string[] {
  const image = choices.value
  const nobody = image.user.ssh_keys.length === 0
  return [
    ...kernelWarnings(kernel),
    ...card.notes.map((note) => `${card.name}: ${note}`),
    ...boards.flatMap(({ name, notes }) =>
      notes
        .filter(
          ({ bus, family }) =>
            (bus ?? card.bus) === card.bus && (family ?? kernel.data.family) === kernel.data.family,
        )
        .map(({ text }) => `${name}: ${text}`),
    ),
    ...boards.flatMap(({ id, name }) =>
      knownOf(card, id, kernel).map((known) => `${card.name} on ${name}: ${known}`),
    ),
    ...boards
      .filter(({ emulator }) => emulator === undefined)
      .map(
        ({ name }) =>
          `${name}: no emulator can start this board with kernel.source ${kernel.id}, so --boot proves nothing more about it`,
      ),
    ...jackWarnings(jack, card),
    ...boards.flatMap(networkOf),
    ...(nobody
      ? [
          'no SSH key in user.ssh_keys: nobody can log in until downbeat.toml on the card has a key or a password',
        ]
      : []),
    ...(typeof image.overclock === 'string'
      ? []
      : ['overclock: settings of your own, which nobody has tried on your board']),
    ...inForce.flatMap(({ planned, data }) =>
      data.warns === undefined ? [] : [`tunings.${planned.id}: ${data.warns}`],
    ),
  ]
}

/** That it is another kernel than usual, and what that means. */
const kernelWarnings = ({ id, data, instead_of }: ChosenKernel): string[] => [
  ...(instead_of.length === 0
    ? []
    : [
        `the kernel is ${data.name}, because others do not do here: ${instead_of.map(({ id: other, why }) => `${other}: ${why}`).join('; ')}`,
      ]),
  ...data.notes.map((note) => `kernel.source ${id}: ${note}`),
]

/** How a board gets into a network, where that is not by a cable alone. */
function networkOf({ name, ethernet, wifi, wifi_gap, usb }: PlannedBoard): string[] {
  if (ethernet) return wifi_gap === undefined ? [] : [`${name}: ${wifi_gap}`]
  const hub = usb.device?.shared === true ? ' on a hub, beside the sound card,' : ''
  const adapter = `plug in a USB Ethernet adapter${hub} or use the serial console`
  if (!wifi) return [`${name} has neither Ethernet nor Wi-Fi: ${adapter}`]
  return wifi_gap === undefined
    ? [`${name} has no Ethernet: name your Wi-Fi in downbeat.toml on the card, ${adapter}`]
    : [`${name} has no Ethernet. ${wifi_gap}. Without it ${adapter}`]
}

function jackWarnings(jack: JackPlan, card: PlannedSoundcard): string[] {
  const [from, to] = card.jack.good_periods
  return [
    ...(jack.period < from || jack.period > to
      ? [
          `jack.period ${jack.period}: ${card.name} is known to be good with ${from} to ${to} frames`,
        ]
      : []),
    ...(card.bus === 'none' || isUsualPeriod(jack.period)
      ? []
      : [
          `jack.period ${jack.period} is no power of two: ${jack.server} and the card take it, but some programs do not, such as those that convolve${jack.server === 'jack1' ? '; and jack1 changes to no such period while it runs' : ''}`,
        ]),
    ...(['inputs', 'outputs'] as const)
      .filter((key) => card.channels === 'offered' && jack[key] > 0)
      .map(
        (key) =>
          `jack.${key} ${jack[key]}: JACK does not start where the card does not offer just so many channels; Channels: in /proc/asound/card*/stream0 says what it offers`,
      ),
    ...(card.bus === 'none' || card.rates.includes(jack.rate)
      ? []
      : [
          `jack.rate ${jack.rate}: nobody has read whether ${card.name} has it; where it has not, jackd silently takes the nearest one, which jack_samplerate tells`,
        ]),
    ...(jack.softmode
      ? ['jack.softmode hides xruns: what you hear may be torn, and no counter says so']
      : []),
  ]
}
