import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { BYTES, sha256, smallImage } from './image.ts'
import type { Opened, Scene } from './scene.ts'

/** The psk is always the same for these, and no salt is in it. */
export const settings = ['--hostname', 'synth', '--wifi', 'home', '--timezone', 'Europe/Berlin']
export const secret = { DOWNBEAT_WIFI_PASSWORD: 'a password of the Wi-Fi' }

/** An image is written to a file in the place of a card, or to a loop device on it. */
async function open(folder: string, device: string | undefined, more: string[]): Promise<Opened> {
  const [image, card, old] = ['x.img', 'card', 'old'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await smallImage(image)
  const before = sha256(image)
  // what was on the card before starts, too: a killed run must not leave half of both
  writeFileSync(old, Buffer.alloc(BYTES + 4 * 2 ** 20, 0xee))
  copyFileSync(image, `${folder}/head`)
  return {
    argv: ['flash', image, device ?? card, '--yes', ...more],
    env: secret,
    reset: () => {
      const bytes = readFileSync(old)
      readFileSync(`${folder}/head`).copy(bytes, 0, 0, 2 ** 20)
      writeFileSync(card, bytes, { flag: 'r+' })
    },
    broken: (whole) => {
      const now = readFileSync(card)
      const starts = now.readUInt16LE(510) === 0xaa55
      const untouched = now[2 ** 20] === 0xee && now.at(-1) === 0xee
      return [
        ...(starts && !untouched && sha256(card) !== whole ? ['half written, and it starts'] : []),
        ...(sha256(image) === before ? [] : ['the image has changed']),
      ]
    },
    result: () => sha256(card),
    left: () =>
      readdirSync(folder).filter((name) => !['x.img', 'card', 'old', 'head'].includes(name)),
  }
}

async function onLoop(folder: string): Promise<Opened | string> {
  const card = join(folder, 'card')
  if (!existsSync('/dev/loop-control') || process.getuid?.() !== 0)
    return 'this machine gives no loop device (root only)'
  const { status, stdout, stderr } = spawnSync('losetup', ['--find', '--show', card], {
    encoding: 'utf8',
  })
  if (status !== 0) return `this machine gives no loop device (${stderr.trim()})`
  const device = stdout.trim()
  return {
    ...(await open(folder, device, [...settings, '--no-eject'])),
    close: () => void spawnSync('losetup', ['--detach', device]),
  }
}

function empty(folder: string): void {
  writeFileSync(join(folder, 'card'), '')
  truncateSync(join(folder, 'card'), BYTES + 4 * 2 ** 20)
}

export const flashScenes: Scene[] = [
  { name: 'flash', open: (folder) => (empty(folder), open(folder, undefined, [])) },
  { name: 'flash-settings', open: (folder) => (empty(folder), open(folder, undefined, settings)) },
  { name: 'flash-loop', open: (folder) => (empty(folder), onLoop(folder)) },
]
