import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { disk, offsetOf } from '../../../lib/common/disk/layout.ts'
import { defineStage } from '../../../lib/engine/run/stage.ts'
import { image } from '../../../stages/image.ts'
import { toolbox } from '../../../stages/toolbox.ts'
import { root } from '../../downbeat.ts'
import type { Card, Start } from './card.ts'

/**
 * A file of a card that is another than in the image: `text` of a file, `link` of a link; `gone`:
 * it was in the image.
 */
export interface Changed {
  kind: 'file' | 'link' | 'folder' | 'gone'
  mode: string
  owner: string
  text: string
}

/** What was seen of one start of a card. */
export interface Seen {
  /** on the console, and what systemctl and sync are asked, behind a "+ " */
  said: string[]
  /**
   * exit status of the settings, or of the script of Raspberry Pi Imager; `skipped`: they had
   * nothing to do; empty: cut off
   */
  status: string
  hostname: string
  /** whether sshd takes a password: yes or no */
  password_login: string
  /** whether the next start has something to do */
  again: boolean
  /** how many programs were started, where they are counted: `cut` is "command N" */
  commands: number
  /**
   * by path, all that is another than in the image: on the card, in /run and /tmp; and in .twins a
   * second name of what was put on it
   */
  files: Record<string, Changed>
}

export interface CardRoots {
  /** the files that are another on one of the cards, as they are in the image */
  image: Record<string, Changed>
  /** by card and by start */
  cards: Seen[][]
}

/**
 * The image's own scripts and programs on one card after another, in a root under qemu-user that is
 * thrown away. See stage/run.sh.
 */
export const cardRootsOf = (name: string, cards: readonly Pick<Card, 'starts'>[]) =>
  defineStage({
    name,
    about: 'Apply settings of every form in a root that is thrown away',
    source: import.meta.url,
    needs: { toolbox, image },
    mounts: true,
    outputs: { seen: 'seen.json' },
    given: () => ({
      root: offsetOf(disk.root),
      boot: offsetOf(disk.boot),
      ext2tar: readFileSync(join(root, 'stages/base/ext2tar.c'), 'utf8'),
      cards: startsOf(cards),
    }),
    async run({ given, from, out, work, own, settings, $ }) {
      writeFileSync(`${work}/ext2tar.c`, given.ext2tar)
      for (const [i, starts] of given.cards.entries())
        for (const [j, start] of starts.entries()) writeStart(`${work}/cases/${i}/${j}`, start)
      await $`bash ${own}/run.sh ${from.image.disk} ${given.root} ${given.boot} ${settings.jobs}`
      const seen: CardRoots = {
        image: readFiles(`${work}/seen/image`),
        cards: given.cards.map((starts, i) =>
          starts.map((_, j) => readSeen(`${work}/seen/${i}/${j}`)),
        ),
      }
      writeFileSync(out.seen, JSON.stringify(seen))
    },
  })

const startsOf = (all: readonly Pick<Card, 'starts'>[]) =>
  all.map(({ starts }) =>
    starts.map(({ put, remove, append, cut }) => ({ put, remove, append, cut })),
  )

function writeStart(
  folder: string,
  { put = {}, remove, append, cut }: Pick<Start, 'put' | 'remove' | 'append' | 'cut'>,
): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  mkdirSync(`${folder}/put`, { recursive: true })
  for (const [path, text] of Object.entries(put))
    write(`${folder}/put/${path.startsWith('/') ? path.slice(1) : `boot/firmware/${path}`}`, text)
  if (remove) write(`${folder}/remove`, remove.map((path) => `${path}\n`).join(''))
  if (append !== undefined) write(`${folder}/append`, append)
  if (cut !== undefined) write(`${folder}/cut`, cut)
}

const kinds: Record<string, Changed['kind']> = { f: 'file', l: 'link', d: 'folder', c: 'gone' }

const textIn = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const linesIn = (path: string): string[] => textIn(path).split('\n').slice(0, -1)

/** Of `list`, a line a file, and the texts in `files`. */
function readFiles(folder: string): Record<string, Changed> {
  const files = linesIn(`${folder}/list`).map((line): [string, Changed] => {
    const [kind, mode, owner, path, link] = line.split('\t') as [
      string,
      string,
      string,
      string,
      string,
    ]
    return [
      path,
      {
        kind: kinds[kind] ?? 'file',
        mode,
        owner,
        text: kind === 'f' ? textIn(`${folder}/files${path}`) : link,
      },
    ]
  })
  return Object.fromEntries(files)
}

function readSeen(folder: string): Seen {
  const line = (name: string): string => textIn(`${folder}/${name}`).trim()
  return {
    said: linesIn(`${folder}/said`),
    status: line('status'),
    hostname: line('hostname'),
    password_login: line('password_login'),
    again: existsSync(`${folder}/again`),
    commands: Number(line('commands')),
    files: readFiles(folder),
  }
}
