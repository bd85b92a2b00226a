import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'

/** An input of the action, as people who use it read of it. */
interface Input {
  about: string
  otherwise: string
  kind: 'lines' | 'text' | 'yes or no' | readonly string[]
}

const bool = 'yes or no'

/**
 * What can be said to each step of `./downbeat ci`. action.yml has the same names, and a test holds
 * them together.
 */
export const inputs = {
  choices: {
    about:
      'files of choices, folders of them or matrices, one a line, from the folder of the repository',
    otherwise: 'image.yaml',
    kind: 'lines',
  },
  set: {
    about: 'choices instead of those in the files, one a line, such as jack.period=64',
    otherwise: '',
    kind: 'lines',
  },
  board: {
    about: 'for this board; for several, with a comma between',
    otherwise: '',
    kind: 'text',
  },
  soundcard: { about: 'for this sound card, or auto', otherwise: '', kind: 'text' },
  base: { about: 'start from this base, path or address', otherwise: '', kind: 'text' },
  'base-sha256': { about: 'of the image at that address', otherwise: '', kind: 'text' },
  boot: {
    about: 'boot each image in the emulator, and ask its proofs there, too',
    otherwise: 'true',
    kind: bool,
  },
  measure: {
    about: 'measure how late a realtime thread wakes up, and fail above the budget',
    otherwise: 'false',
    kind: bool,
  },
  release: {
    about: 'true: pack, and on a tag put the files into the release of that tag; pack: only pack',
    otherwise: 'false',
    kind: ['true', 'false', 'pack'],
  },
  attest: {
    about: 'sign where and of what the packed files were built (artifact attestations of GitHub)',
    otherwise: 'false',
    kind: bool,
  },
  cache: {
    about: 'keep downloads and what was compiled between runs',
    otherwise: 'true',
    kind: bool,
  },
  artifact: {
    about: 'the name of the artifact of the run that has the images; empty: none',
    otherwise: 'downbeat',
    kind: 'text',
  },
  out: { about: 'the folder for images and logs', otherwise: 'out', kind: 'text' },
  until: { about: 'stop after this stage: no image is made', otherwise: '', kind: 'text' },
} as const satisfies Record<string, Input>

type Name = keyof typeof inputs

/** What was said, checked. */
export interface Said {
  choices: string[]
  set: string[]
  board: string
  soundcard: string
  base: string
  'base-sha256': string
  boot: boolean
  measure: boolean
  release: 'true' | 'false' | 'pack'
  attest: boolean
  cache: boolean
  artifact: string
  out: string
  until: string
}

/** The variable of the environment that has an input. */
export const variableOf = (name: string): string =>
  `INPUT_${name.toUpperCase().replaceAll('-', '_')}`

/**
 * The inputs of a step: `name=value` of the command line, or else what `INPUTS` has, which is what
 * the step before has checked, or else `INPUT_<NAME>`. Throws UserError with all that is wrong.
 */
export function readInputs(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): { said: Said; texts: Record<string, string> } {
  const names = Object.keys(inputs)
  const mistakes: string[] = []
  const typed = new Map<string, string>()
  for (const word of words) {
    const [, name, value] = /^([\w-]+)=(.*)$/s.exec(word) ?? []
    if (name === undefined || value === undefined)
      mistakes.push(`${word}: expected <input>=<value>, such as choices=image.yaml`)
    else if (!names.includes(name))
      mistakes.push(`input ${name}: there is no such input${didYouMean(name, names)}`)
    else {
      // a list is said by saying it again
      const before = typed.get(name)
      typed.set(name, before === undefined ? value : `${before}\n${value}`)
    }
  }
  const checked = environment['INPUTS'] || '{}'
  const passed = JSON.parse(checked) as Record<string, string>
  const texts: Record<string, string> = {}
  for (const [name, { otherwise }] of Object.entries(inputs))
    texts[name] = typed.get(name) ?? passed[name] ?? environment[variableOf(name)] ?? otherwise
  const said = Object.fromEntries(
    Object.entries<Input>(inputs).map(([name, input]) => [
      name,
      valueOf(name, input, texts[name]!, mistakes),
    ]),
  ) as unknown as Said
  if (said.choices.length === 0) mistakes.push('input choices: names no file')
  for (const name of ['measure', 'release'] satisfies Name[])
    if (said.until !== '' && texts[name]!.trim() === 'true')
      mistakes.push(`input ${name}: needs the whole image: leave out the input until`)
  if (said.attest && said.release === 'false')
    mistakes.push('input attest: is about what is packed: say release: pack, or release: true')
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  return { said, texts }
}

function valueOf(name: string, { kind }: Input, text: string, mistakes: string[]): unknown {
  if (kind === 'lines')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const value = text.trim()
  if (kind === 'text') {
    if (/\p{Cc}/u.test(value)) mistakes.push(`input ${name}: expected one line`)
    return value
  }
  const known = kind === bool ? ['true', 'false'] : kind
  if (!known.includes(value))
    mistakes.push(`input ${name}: expected ${known.join(' or ')}, got ${JSON.stringify(value)}`)
  return kind === bool ? value === 'true' : value
}

/** The words behind `./downbeat build` and the like that say the same choices. */
export const choiceWords = (said: Said): string[] => [
  ...(['board', 'soundcard', 'base', 'base-sha256'] as const).flatMap((name) =>
    said[name] === '' ? [] : [`--${name}=${said[name]}`],
  ),
  ...said.set.map((one) => `--set=${one}`),
]
