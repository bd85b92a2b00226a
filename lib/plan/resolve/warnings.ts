import type { Settled } from '../choices/settle.ts'
import type { JackPlan, PlannedSoundcard } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/** What somebody who makes these choices should know. */
export function warningsOf(
  { choices, boards, card, jack, kernel }: Settled,
  { inForce }: TuningsInForce,
): string[] {
  const image = choices.value
  const nobody = image.user.ssh_keys.length === 0
  return [
    ...card.notes.map((note) => `${card.name}: ${note}`),
    ...boards.flatMap(({ name, notes }) =>
      notes
        .filter(({ bus }) => bus === undefined || bus === card.bus)
        .map(({ text }) => `${name}: ${text}`),
    ),
    ...boards
      .filter(({ emulator }) => emulator === undefined)
      .map(
        ({ name }) =>
          `${name}: no emulator can start this board with kernel.source ${kernel.id}, so --boot proves nothing more about it`,
      ),
    ...jackWarnings(jack, card),
    ...boards
      .filter((board) => !board.ethernet)
      .map(({ name, wifi }) =>
        wifi
          ? `${name} has no Ethernet: name your Wi-Fi in downbeat.toml on the card, plug in a USB adapter, or use the serial console`
          : `${name} has neither Ethernet nor Wi-Fi: plug in a USB adapter, or use the serial console`,
      ),
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

function jackWarnings(jack: JackPlan, card: PlannedSoundcard): string[] {
  const [from, to] = card.jack.good_periods
  return [
    ...(jack.period < from || jack.period > to
      ? [
          `jack.period ${jack.period}: ${card.name} is known to be good with ${from} to ${to} frames`,
        ]
      : []),
    ...(jack.softmode
      ? ['jack.softmode hides xruns: what you hear may be torn, and no counter says so']
      : []),
  ]
}
