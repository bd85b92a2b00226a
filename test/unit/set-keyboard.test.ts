import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository, temporaryFolder, write } from './fixtures.ts'

// The script that applies a keyboard, in an /etc of its own. Whether a layout has a variant it asks
// downbeat-settings; this one knows one pair alone.

const script = readFileSync(join(repository, 'templates/root/usr/lib/downbeat/set-locale'), 'utf8')
const common = `set -eu
from=''
problem() { echo "$1"; }
refuse() { problem "$1"; exit 3; }
replace() { cat >"$1.new"; mv "$1.new" "$1"; }
`
const program = `#!/bin/sh
[ "$1 $2 $3 $(cat)" = 'check keyboard_variant de neo' ] || { echo "keyboard_variant: not of $3" >&2; exit 1; }
`

const card = (layout: string, variant: string) => {
  const folder = temporaryFolder()
  write(folder, {
    'etc/default/keyboard': `XKBLAYOUT="${layout}"\nXKBVARIANT="${variant}"\n`,
    'bin/downbeat-settings': program,
  })
  chmodSync(join(folder, 'bin/downbeat-settings'), 0o755)
  return (...words: string[]) => {
    const text = `${common}${script.replaceAll('/etc/', `${folder}/etc/`)}\nset_keyboard "$@"\n`
    const { status, stdout, stderr } = spawnSync('sh', ['-c', text, 'sh', ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
    })
    expect(stderr).toBe('')
    const now = readFileSync(join(folder, 'etc/default/keyboard'), 'utf8')
    const [own, of] = ['LAYOUT', 'VARIANT'].map(
      (name) => now.split(`XKB${name}="`)[1]!.split('"')[0],
    )
    return { status, said: stdout.trim(), now: `${own} ${of}`.trim() }
  }
}

test.each([
  ['its layout has it', ['us', ''], ['de', 'neo'], 0, '', 'de neo'],
  ['the layout that is there has it', ['de', ''], ['', 'neo'], 0, '', 'de neo'],
  ['the first of some layouts has it', ['de,us', ''], ['', 'neo'], 0, '', 'de,us neo'],
  ['its layout lacks it', ['us', 'intl'], ['gb', 'neo'], 0, 'not of gb', 'gb'],
  ['its layout has kept another', ['us', 'intl'], ['us', 'neo'], 0, 'not of us', 'us intl'],
  ['the layout that is there lacks it', ['us', 'intl'], ['', 'neo'], 3, 'not of us', 'us intl'],
  ['it was refused', ['us', 'intl'], ['us', 'as-is'], 0, '', 'us intl'],
  ['there is none', ['us', 'intl'], ['us', ''], 0, '', 'us'],
] as const)(
  'a variant of a keyboard is taken where the layout has it, and told where not: %s',
  (_title, before, words, status, said, now) => {
    const why = said === '' ? '' : `keyboard_variant: ${said}`
    expect(card(before[0], before[1])(...words)).toEqual({ status, said: why, now })
  },
)
