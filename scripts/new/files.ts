import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { rules, whyNot } from '../../lib/plan/schema/values.ts'
import type { Answers } from './answers.ts'

/** The choices of an image, for its image.yaml. */
export function choicesOf(answers: Answers): string {
  const { board, base, soundcard, profile, name, user, keys } = answers
  const hostname = whyNot(rules.hostname, name) === undefined ? { hostname: name } : {}
  const choices = {
    name,
    board: board.length === 1 ? board[0] : board,
    soundcard,
    ...(base === undefined ? {} : { base }),
    ...(profile === undefined ? {} : { profile }),
    ...hostname,
    user: { name: user, ssh_keys: keys },
  }
  return [
    '# yaml-language-server: $schema=./schemas/image.json',
    '# The choices of your image. Every key and value: docs/choices.md of downbeat.',
    stringify(choices, { lineWidth: 0 }),
  ].join('\n')
}

/**
 * Writes the folder of an image into `folder`, which is empty. `repository`: where downbeat is;
 * `owner`: who has it on GitHub, for a workflow; undefined: without one.
 */
export function writeFolder(
  folder: string,
  answers: Answers,
  { repository, owner }: { repository: string; owner: string | undefined },
): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('image.yaml', choicesOf(answers))
  write('README.md', readme(answers.name, owner !== undefined))
  write('.gitignore', '/out/\n')
  if (answers.country !== undefined)
    // where the settings of a card put it, too: set-network
    write(
      'files/etc/modprobe.d/downbeat-wifi-country.conf',
      `options cfg80211 ieee80211_regdom=${answers.country}\n`,
    )
  cpSync(join(repository, 'schemas'), join(folder, 'schemas'), { recursive: true })
  if (owner !== undefined) {
    const workflow = '.github/workflows/image.yml'
    const text = readFileSync(join(repository, 'examples/my-image', workflow), 'utf8')
    write(workflow, text.replaceAll('OWNER', owner))
  }
  chmodSync(folder, 0o755)
}

const readme = (name: string, workflow: boolean): string => `# ${name}

An image for a Raspberry Pi, built by downbeat. From its folder:

    ./downbeat plan -C path/to/this/folder      # what would be made, and which file says so
    ./downbeat build -C path/to/this/folder     # the image

The choices are in \`image.yaml\`. Tunings, sound cards, templates, files, Debian packages and scripts of
your own go into this folder, too: docs/your-own-folder.md of downbeat. The schemas in \`schemas/\` are for
your editor.
${
  workflow
    ? `
\`.github/workflows/image.yml\` builds the image on every push. A tag such as \`v1\` also puts the packed image
into the release of that tag.
`
    : ''
}`
