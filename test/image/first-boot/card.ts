import { mkdirSync, writeFileSync } from 'node:fs'
import { disk, offsetOf } from '../../../lib/common/disk/layout.ts'
import { bootEnd } from '../../../lib/prove/emulator/boot-end.ts'
import { boot, switchOn } from '../../../lib/prove/emulator/emulator.ts'
import type { BootOptions, Booted, Machine } from '../../../lib/prove/emulator/emulator.ts'
import type { PlannedBoard } from '../../../lib/plan/plan.ts'
import type { Shell } from '../../../lib/engine/shell/shell.ts'

/** A card with the image on it, which keeps what is written to it from one boot to the next. */
export interface Card {
  file: string
  /** its boot partition, as mtools name it */
  fat: string
  /** Writes files into its boot partition, as a computer does. */
  put: (files: Record<string, string>) => Promise<void>
  /** The text of a file of its boot partition; undefined: it is not there. */
  read: (name: string) => Promise<string | undefined>
  /** Adds to cmdline.txt, as Raspberry Pi Imager does. */
  append: (words: string) => Promise<void>
  /**
   * Boots, asks, and pulls the plug. Gives the answer of each command, and what was on the console.
   */
  ask: (
    commands: Record<string, string>,
  ) => Promise<{ answers: Record<string, string>; console: string }>
  /**
   * Boots until the console says something that matches, and pulls the plug there. Gives what the
   * console said.
   */
  until: (pattern: RegExp) => Promise<string>
  /**
   * Boots until the machine ends by itself, or wants to start again. Gives what the console said.
   */
  untilEnd: () => Promise<string>
  /** Which of some words stand anywhere on the card, byte for byte. */
  find: (words: readonly string[]) => Promise<string[]>
}

/** A new card in a folder of its own. */
export async function newCard(
  $: Shell,
  image: string,
  board: PlannedBoard,
  machine: Machine,
  work: string,
  name: string,
): Promise<Card> {
  const folder = `${work}/${name}`
  const file = `${folder}/card.img`
  mkdirSync(folder)
  await $`cp --sparse=always ${image} ${file}; chmod u+w ${file}; truncate -s 2G ${file}`
  return cardIn($, folder, board, machine)
}

/** The card of a folder, in a machine. */
export function cardIn($: Shell, folder: string, board: PlannedBoard, machine: Machine): Card {
  const file = `${folder}/card.img`
  const at = `${file}@@${offsetOf(disk.boot)}`
  const options = (onText: (text: string) => void): BootOptions => ({
    image: file,
    board,
    machine,
    work: folder,
    root_on_usb: false,
    onText,
  })
  const said: string[] = []
  const hear = (text: string): void =>
    writeFileSync(`${folder}/console.log`, (said.push(text), said.join('')))
  const read: Card['read'] = async (wanted) => {
    const listed = await $.text`MTOOLS_SKIP_CHECK=1 mdir -b -i ${at} ::`
    if (!listed.split('\n').includes(`::/${wanted}`)) return undefined
    const text = await $.text`MTOOLS_SKIP_CHECK=1 mtype -i ${at} ${`::${wanted}`}; echo .`
    return text.slice(0, -1)
  }
  const put: Card['put'] = async (files) => {
    for (const [wanted, text] of Object.entries(files)) {
      writeFileSync(`${folder}/put`, text)
      await $`MTOOLS_SKIP_CHECK=1 mcopy -o -i ${at} ${folder}/put ${`::${wanted}`}; rm ${folder}/put`
    }
  }
  return {
    file,
    fat: at,
    put,
    read,
    append: async (words) =>
      put({ 'cmdline.txt': `${(await read('cmdline.txt'))!.trim()}${words}\n` }),
    async ask(commands) {
      let console = ''
      const booted: Booted = await boot(
        $,
        options((text) => hear((console += text))),
      )
      try {
        const answers: Record<string, string> = {}
        await bootEnd(booted.console)
        for (const [question, command] of Object.entries(commands))
          answers[question] = (await booted.console.run(command)).text.trimEnd()
        await booted.console.run('sync')
        return { answers, console }
      } finally {
        await booted.stop()
      }
    },
    async until(pattern) {
      const machine = await switchOn($, options(hear))
      try {
        await machine.console.waitFor(pattern)
      } finally {
        await machine.stop()
      }
      return machine.console.transcript
    },
    async untilEnd() {
      const machine = await switchOn($, options(hear))
      const stuck = setTimeout(() => void machine.stop(), 3_600_000)
      await machine.ended.finally(() => clearTimeout(stuck))
      return machine.console.transcript
    },
    async find(words) {
      writeFileSync(`${folder}/words`, words.map((word) => `${word}\n`).join(''))
      const found =
        await $.text`LC_ALL=C grep -aoF -f ${folder}/words ${file} | sort -u || [ "\${PIPESTATUS[0]}" = 1 ]`
      return found.split('\n').filter(Boolean)
    },
  }
}
