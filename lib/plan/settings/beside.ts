import { rules, whyNot, whyNotVariant } from '../schema/values.ts'
import type { TextRule } from '../schema/values.ts'
import { valueAt } from './text.ts'

/** A setting that does not go with another one beside it, or not without it. */
export interface Mismatch {
  key: string
  /** the other one */
  beside: string
  /** what is expected, without the name of the setting */
  message: string
}

/**
 * What settings do not do together, though each is good by itself: the same as the reader on the
 * card finds in a downbeat.toml (packages/tools/settings/forms/own.cc).
 */
export function mismatches(values: object): Mismatch[] {
  return [...ofKeyboard(values), ...ofNetwork(values)]
}

function ofKeyboard(values: object): Mismatch[] {
  const [layout, variant] = [valueAt(values, 'keyboard'), valueAt(values, 'keyboard_variant')]
  if (!isGood(rules.keyboard, layout) || !isGood(rules.keyboard_variant, variant)) return []
  const message = whyNotVariant(layout, variant)
  return message === undefined ? [] : [{ key: 'keyboard_variant', beside: 'keyboard', message }]
}

/** What is wrong by itself is told of elsewhere. */
const isGood = (rule: TextRule, value: unknown): value is string =>
  typeof value === 'string' && whyNot(rule, value) === undefined

function ofNetwork(values: object): Mismatch[] {
  const address = valueAt(values, 'network.address')
  if (address !== undefined && address !== 'dhcp') return []
  const message =
    address === undefined
      ? 'expected network.address beside it'
      : 'expected none beside address = "dhcp": it comes from there, too'
  return ['network.gateway', 'network.dns']
    .filter((key) => ((valueAt(values, key) ?? '') as { length: number }).length !== 0)
    .map((key) => ({ key, beside: 'network.address', message }))
}
