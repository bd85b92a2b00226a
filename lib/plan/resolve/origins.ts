import { nameOf } from '../../common/files/file-name.ts'
import { overrides } from '../choices/choices.ts'
import type { Said } from '../choices/choices.ts'
import type { Settled } from '../choices/settle.ts'
import type { Plan } from '../plan.ts'

/**
 * Where each value of a plan comes from: a place in the file of choices, `--set`, another file, or
 * the default.
 */
export function originsOf(
  root: string,
  { choices: { value, at }, card, jack, kernel }: Settled,
  file: string,
  said: readonly Said[],
): Plan['origins'] {
  const origins: Plan['origins'] = {}
  const own = nameOf(file, root)
  // A place names a line only where the file (or --set) really says the value; else it is the
  // schema's default.
  const add = (key: string, shown: string, otherwise: string): void => {
    const path = key.split('.')
    const here = at(path)
    const outer = path.length > 1 ? at(path.slice(0, -1)) : `${own}:1:1`
    origins[key] = {
      value: shown,
      from: here === outer || here === `${own}:1:1` ? otherwise : here,
    }
  }
  add('board', value.board.join(', '), '')
  add('soundcard', value.soundcard, '')
  if (value.soundcard_input !== undefined) add('soundcard_input', value.soundcard_input, '')
  for (const [control, level] of Object.entries(value.mixer))
    origins[`mixer.${control}`] = { value: String(level), from: at(['mixer', control]) }
  if (value.profile !== undefined) add('profile', value.profile, '')
  add('base', value.base, 'default')
  add('kernel.source', kernel.id, chosenBecause(kernel))
  if (value.kernel.series !== undefined) add('kernel.series', value.kernel.series, '')
  add('hostname', value.hostname, 'default')
  add('user.name', value.user.name, 'default')
  add('user.ssh_keys', `${value.user.ssh_keys.length}`, 'default')
  add('jack.server', jack.server, 'default')
  for (const key of ['period', 'periods', 'rate'] as const)
    add(`jack.${key}`, String(jack[key]), `soundcards/${card.id}.yaml`)
  add(
    'jack.direction',
    jack.playback_only ? 'playback' : jack.capture_only ? 'capture' : 'duplex',
    `soundcards/${card.id}.yaml`,
  )
  for (const key of ['inputs', 'outputs'] as const)
    add(`jack.${key}`, jack[key] === 0 ? 'all' : String(jack[key]), `soundcards/${card.id}.yaml`)
  if (value.jack.second_card !== undefined) add('jack.second_card', value.jack.second_card, '')
  add('jack.realtime_priority', String(jack.realtime_priority), 'priorities.yaml')
  add('jack.synchronous', String(jack.synchronous), jack.server)
  for (const key of ['port_max', 'timeout_ms', 'softmode', 'midi'] as const)
    add(`jack.${key}`, String(jack[key]), 'default')
  add(
    'overclock',
    typeof value.overclock === 'string' ? value.overclock : JSON.stringify(value.overclock),
    'default',
  )
  add('root', value.root, 'default')
  if (value.accept.length > 0) add('accept', value.accept.join(', '), '')
  add('packages', value.packages.join(', '), 'default')
  for (const [id, state] of Object.entries(value.tunings)) add(`tunings.${id}`, state, '')
  for (const { path, text } of overrides(said)) {
    const key = path.join('.')
    if (Object.hasOwn(origins, key)) origins[key]!.from = text
  }
  return origins
}

/** Why a kernel that nobody asked for is the one. */
const chosenBecause = ({ instead_of }: Settled['kernel']): string =>
  instead_of.length === 0
    ? 'default'
    : `chosen: not ${instead_of.map(({ id, why }) => `${id}, because ${why}`).join('; not ')}`
