import type { Card } from './card.ts'
import { own, questions } from './cards.ts'
import type { Answers } from './cards.ts'

/** What the console says from one step of the first boot to the next, in this order. */
export const everyMoment = [
  'making the SSH host keys',
  '256 SHA256:',
  'keeping the identity',
  'growing the root file system',
  'the partition is as large',
  'the root file system has',
  'giving this card a disk identifier',
  'cmdline.txt names the device',
  'the card has a new identifier',
  'cmdline.txt names the new identifier',
  'fstab names the new identifier',
  'first boot done',
  'settings: autostart is applied',
  'settings: hostname is applied',
  'settings: keyboard is applied',
  'settings: timezone is applied',
  'settings: user.name is applied',
  'settings: user.password_hash is applied',
  'settings: user.ssh_keys is applied',
  'settings: ssh is applied',
  'settings: wifi is applied',
  'settings: jack is applied',
  'settings done',
]

/** One of them for each step; all of them: ./downbeat test long. */
export const oneOfEachStep = [
  'making the SSH host keys',
  'keeping the identity',
  'the partition is as large',
  'cmdline.txt names the new identifier',
  'settings: user.name is applied',
]

/**
 * The plug is pulled at one moment after another, each time on the next boot of the same card: it
 * reaches a moment only if it carries on from all the ones before. A moment whose step was finished
 * before the plug was out is not said again.
 */
export const cuts = async (card: Card, moments: readonly string[]) => {
  await card.put({ 'downbeat.toml': own })
  const pulled: string[] = []
  for (let next = 0; next < moments.length;) {
    const left = moments.slice(next)
    const said = await card.until(new RegExp(left.join('|')))
    const at = left.findIndex((moment) => said.includes(moment))
    pulled.push(left[at]!)
    next += at + 1
  }
  const { answers } = await card.ask(questions)
  return { pulled, answers: answers as Answers, file: await card.read('downbeat.toml') }
}
