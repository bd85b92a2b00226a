import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, onTestFinished } from 'vitest'
import { uniqueBy } from '../../lib/common/unique.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Catalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Checked } from '../../lib/plan/kept-plan.ts'
import type { Plan, PlannedBoard, PlannedSoundcard } from '../../lib/plan/plan.ts'
import { render } from '../../stages/configure/render.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'

/** The folder of this repository, wherever it was cloned to. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export { until } from '../until.ts'

/**
 * No unit test comes near the cache of the user who runs it; the others want it, and import nothing
 * from here.
 */
const cache = mkdtempSync(join(tmpdir(), 'downbeat-unit-cache-'))
process.env['DOWNBEAT_CACHE'] = cache
afterAll(() => rmSync(cache, { recursive: true, force: true }))

const checked: Checked = new Map()
const own = openCatalogue(repository, checked)

/** The data of this repository, or of a copy with edits; a text that both have is checked once. */
export const catalogueAt = (root: string): Catalogue =>
  root === repository ? own : openCatalogue(root, checked)

/** A folder of the running test's own, gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files below a folder: path: text. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const dataFolders = [
  'boards',
  'soundcards',
  'tunings',
  'bases',
  'kernel',
  'profiles',
  'templates',
  'packages',
  'tables',
]

/**
 * What is to be different in a copy: a new text, a change of the old one, or null to take the file
 * away.
 */
export type Edits = Record<string, string | ((text: string) => string) | null>

/** A copy of everything that `resolve` reads, with edits. */
export const copyOfRepository = (edits: Edits = {}): string => copied(edits, () => true)

/** The same for somebody who only reads it: a folder in which nothing is different is a link. */
const viewOfRepository = (edits: Edits): string =>
  copied(edits, (folder) => Object.keys(edits).some((path) => path.startsWith(`${folder}/`)))

const copied = (edits: Edits, whole: (folder: string) => boolean): string =>
  copiedTo(temporaryFolder(), edits, whole)

function copiedTo(root: string, edits: Edits, whole: (folder: string) => boolean): string {
  for (const folder of dataFolders) {
    if (whole(folder)) cpSync(join(repository, folder), join(root, folder), { recursive: true })
    else {
      mkdirSync(dirname(join(root, folder)), { recursive: true })
      symlinkSync(join(repository, folder), join(root, folder))
    }
  }
  for (const file of ['driverless.yaml', 'image.yaml', 'imager.yaml', 'priorities.yaml'])
    cpSync(join(repository, file), join(root, file))
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) rmSync(join(root, path))
    else
      write(root, {
        [path]: typeof edit === 'string' ? edit : edit(readFileSync(join(root, path), 'utf8')),
      })
  }
  return root
}

/**
 * The plan of a copy of the repository in which these files are different, without the other sound
 * cards that its image can be told: they take ten times as long.
 */
export const planOf = (edits: Edits = {}, sets: string[] = []): Plan => planned(edits, sets, true)

/** The same with these sound cards. */
export const wholePlanOf = (edits: Edits = {}, sets: string[] = []): Plan =>
  planned(edits, sets, false)

function planned(edits: Edits, sets: string[], alone: boolean): Plan {
  const catalogue = catalogueWith(edits)
  return resolve(catalogue, join(catalogue.root, 'image.yaml'), sets, { alone })
}

let usual: Catalogue | undefined

/** For most, who have choices of their own and nothing else, there is one, which is read once. */
function catalogueWith(edits: Edits): Catalogue {
  const { 'image.yaml': image = (text: string) => text, ...others } = edits
  if (image === null || Object.keys(others).length > 0) return catalogueAt(viewOfRepository(edits))
  usual ??= openCatalogue(
    copiedTo(mkdtempSync(join(tmpdir(), 'downbeat-unit-view-')), {}, () => false),
    checked,
  )
  const text = readFileSync(join(repository, 'image.yaml'), 'utf8')
  write(usual.root, { 'image.yaml': typeof image === 'string' ? image : image(text) })
  return usual
}
afterAll(() => {
  if (usual !== undefined) rmSync(usual.root, { recursive: true })
})

/** The default base, of another architecture: choices need not name one. */
export const archOf = (arch: 'armhf' | 'armel'): Edits => ({
  'bases/debian-trixie-arm64.yaml': (text) => text.replace('\narch: arm64\n', `\narch: ${arch}\n`),
})

const three = (card: string): string => `board: pi3b\nsoundcard: ${card}\n`
const overvolted = `${three('usb')}overclock: { arm_freq: 1300, over_voltage: 2 }\n`

/** What a tuning wants beside being asked for on a Pi 3B with a USB card. */
const wants: Record<string, { image?: string; sets?: string[]; edits?: Edits }> = {
  'board-config': { image: 'board: pi4b\nsoundcard: usb\n' },
  'clock-without-fan': { image: 'board: pi5\nsoundcard: usb\n' },
  'clock-pinned-overvolted': { image: overvolted },
  'dbus-reservation': { sets: ['tunings.no-dbus=off'] },
  'i2s-card-first': { image: three('hifiberry-dac') },
  'midi-only': { image: three('none') },
  'no-usb-fiq': {
    edits: {
      'kernel/debian.yaml': (text) => text.replace('usb_driver: dwc2', 'usb_driver: dwc_otg'),
    },
  },
  'network-manager-power-save': { sets: ['base=raspios-lite-arm64'] },
  'no-desk-services': { sets: ['base=raspios-lite-arm64'] },
  'packaged-kernel': { sets: ['base=raspios-lite-arm64', 'kernel.source=packaged'] },
  'packaged-kernel-upgrades': { sets: ['kernel.source=packaged'] },
  'onboard-card-first': { image: three('onboard') },
  overclock: { image: overvolted },
  'performance-governor': { sets: ['tunings.no-frequency-scaling=off'] },
  'pwm-sigma-delta': { image: three('onboard') },
  'rt-throttling-kept': { image: 'board: pi1b\nsoundcard: usb\n', edits: archOf('armel') },
  'second-card': { sets: ['jack.second_card=usb'] },
  'threaded-interrupts': { sets: ['tunings.realtime-kernel=off'] },
  'uart-midi': { sets: ['tunings.serial-console=off'] },
  'usb-gadget': { image: 'board: zero2w\nsoundcard: hifiberry-dac\n' },
  'usb-host-port': { image: 'board: zero2w\nsoundcard: usb\n' },
  'usb-current': { image: 'board: pi1b-plus\nsoundcard: usb\n', edits: archOf('armel') },
}

/** Choices under which a tuning is in force: refused if it is not. */
export function inForce(id: string): { edits: Edits; sets: string[] } {
  const { image = three('usb'), sets = [], edits = {} } = wants[id] ?? {}
  return { edits: { 'image.yaml': image, ...edits }, sets: [`tunings.${id}=on`, ...sets] }
}

/** A board of this repository, as the plan has it. */
export function boardOf(id: string): PlannedBoard {
  const { emulators, ...board } = catalogueAt(repository).entry('boards', id, 'test').value
  const emulator = emulators.arm64 ?? emulators.arm
  return { id, ...board, ...(emulator ? { emulator } : {}) }
}

/** A sound card of this repository, as the plan has it. */
export function cardOf(id: string): PlannedSoundcard {
  const { driver, ...card } = catalogueAt(repository).entry('soundcards', id, 'test').value
  return { id, ...card, driver: typeof driver === 'string' ? driver : driver.mainline }
}

/**
 * One sound card of each kind. Of the many on USB most differ in what no choice goes by: their
 * numbers, and how many channels they have.
 */
export const kindsOfCards = (): string[] =>
  uniqueBy(idsOf('soundcards').map(cardOf), (card) => {
    const { bus, overlay, on, found_by, playback, capture, channels, other_rates, jack } = card
    const ways = [playback > 0, capture > 0, channels, other_rates]
    const limits = [jack.smallest_ms, jack.period_step, jack.sixteen_bit]
    return JSON.stringify([bus, overlay, on, found_by.usb === 'any', ways, limits])
  }).map(({ id }) => id)

/** The files that the plan renders, by their whole path in the image. */
export const filesOf = (plan: Plan): Map<string, string> =>
  new Map(
    render(plan.configure).map(({ where, path, text }) => [
      `${where === 'boot' ? '/boot/firmware' : ''}/${path}`,
      text,
    ]),
  )

/** The files of choices of this repository, such as `image.yaml` and `variants/pi4b-usb.yaml`. */
export const choiceFiles: string[] = [
  'image.yaml',
  ...idsOf('variants').map((id) => `variants/${id}.yaml`),
]

/** The ids in a data folder of this repository. */
export function idsOf(folder: string): string[] {
  return readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * What a user would read: the message of the UserError that `run` throws. Any other error is a
 * fault and passes through.
 */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

/**
 * What is said against the choices of a copy of the repository in which these files are different.
 */
export function refusalOf(edits: Edits, sets: string[] = []): string {
  return refusal(() => planned(edits, sets, true))
}

/**
 * Whether any process of this machine has this word in its arguments; one that is dead and only not
 * yet buried does not count.
 */
export function isRunning(word: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word)
    } catch {
      return false // it has ended meanwhile
    }
  })
}

let serial = 0
/** Seconds to sleep that no other process sleeps, so that it can be found by them. */
export const ownSleep = (): string => `600.${process.pid}${String(++serial).padStart(3, '0')}`

/**
 * Runs ./downbeat as a person would, with its results going to a folder of the test, and to a cache
 * of the tests in this file.
 */
export async function downbeat(
  args: string[],
  {
    cwd = repository,
    out,
    env: more = {},
  }: { cwd?: string; out: string; env?: Record<string, string> },
) {
  const env = {
    ...process.env,
    ...more,
    DOWNBEAT_OUT: out,
    DOWNBEAT_NODE: process.execPath,
    NO_COLOR: '1',
    COLUMNS: '80',
    FORCE_COLOR: undefined,
  }
  const child = spawn(join(repository, 'downbeat'), args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const status = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  )
  return { status, stdout, stderr, out }
}
