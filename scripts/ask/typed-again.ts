import { typedWord } from '../../lib/common/quote.ts'
import { settingKeys } from '../../lib/plan/settings/settings.ts'
import { secrets } from './secret.ts'

/** What was typed, behind ./downbeat. */
const words = (): string[] => process.argv.slice(2)

/**
 * The command that was typed, to be typed again with these words of it changed; what is secret is
 * left out.
 */
export const typedAgain = (typed: readonly string[] = words()): string =>
  ['./downbeat', ...typed.map(shown)].join(' ')

/** The same as root. sudo takes the environment away, and with it the passwords that are in it. */
export function typedAsRoot(
  typed: readonly string[] = words(),
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const kept = Object.values(secrets).filter((name) => environment[name] !== undefined)
  return [
    'sudo',
    ...(kept.length === 0 ? [] : [`--preserve-env=${kept.join(',')}`]),
    typedAgain(typed),
  ].join(' ')
}

/** One word for a shell, in quotes only where it needs them. */
function shown(word: string): string {
  const secret = settingKeys().find(
    ({ key, secret }) => secret && word.replace(/^--set-on-card=/, '').startsWith(`${key}=`),
  )
  const told =
    secret === undefined ? word : `${word.slice(0, word.indexOf(`${secret.key}=`))}${secret.key}=…`
  return typedWord(told)
}
