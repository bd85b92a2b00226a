import { mkdirSync } from 'node:fs'
import { messageOf, ProofError } from '../../lib/common/words/errors.ts'
import type { Shell } from '../../lib/engine/shell/shell.ts'
import type { Plan, PlannedBoard } from '../../lib/plan/plan.ts'
import { expectation, proofsOf, titleOf } from '../../lib/plan/proofs/proof.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import { boot, machineOf } from '../../lib/prove/emulator/emulator.ts'
import type { Beside } from '../../lib/prove/emulator/emulator.ts'
import { judgeTone, playTone } from '../../lib/prove/hearing/tone-proof.ts'
import { ask, secondsUp } from './ask.ts'
import { doctor } from './doctor.ts'
import { driven } from './endpoint.ts'
import { firstBoot } from './first-boot.ts'
import { midiOut } from './midi-out.ts'

/** What is looked at, and where. */
export interface Look {
  image: string
  board: PlannedBoard
  tunings: Plan['tunings']
  /** the processor of QEMU's own machine, for boards that it has no other for */
  cpu: string | undefined
  beside: Beside
  root_on_usb: boolean
  /** whether a USB sound card is plugged in, and whether JACK plays through it */
  card: boolean
  heard: boolean
  /** ALSA id of a card that the board has and the machine has not */
  absent_card: string | undefined
  user: string
  /** whether somebody can log in */
  ssh: boolean
  /** whether downbeat-doctor is asked, too */
  doctor: boolean
  /** a folder for the machine's own folder */
  work: string
  onText: (text: string) => void
  /** says how far it is */
  say: (machine: string, doing: string) => void
}

/** What was seen of one machine. */
export interface Seen {
  /** from the start of the emulator to the root shell: seconds of this machine */
  boot: { machine: string; seconds: number }
  results: ProofResult[]
}

const TONE_SECONDS = 4

/** Boots the image on one board, plays a tone, and asks the proofs of its tunings. */
export async function look($: Shell, given: Look): Promise<Seen> {
  const { board, card, heard } = given
  const { cannot_prove } = board.emulator!
  const machine = machineOf(board, given.cpu, given.beside)
  const folder = `${given.work}/${machine.name}`
  const say = (doing: string): void => given.say(machine.name, doing)
  mkdirSync(folder)
  say('boots')
  const booted = await boot($, {
    image: given.image,
    board,
    machine,
    work: folder,
    card_gib: 2,
    root_on_usb: given.root_on_usb,
    ...(given.absent_card === undefined ? {} : { absent_card: given.absent_card }),
    ...(card ? { wavs: [`${folder}/heard.wav`] } : {}),
    onText: given.onText,
  })
  const results: ProofResult[] = []
  const put = async (those: typeof asked, since: number): Promise<void> => {
    for (const { tuning, proof } of those) {
      say(`is asked for ${tuning.id} (${results.length} answers)`)
      const row = { tuning: tuning.id, proof: titleOf(proof), where: machine.name }
      const answer = await ask(booted, proof, since)
      results.push({ ...row, expected: expectation(proof), ...answer })
    }
  }
  const asked = proofsOf(given.tunings).filter(
    ({ tuning, proof }) =>
      tuning.boards.includes(board.id) &&
      !cannot_prove.includes(tuning.id) &&
      proof.on !== 'device' &&
      (proof.on !== 'card' || card) &&
      (proof.on !== 'emulator' || machine.keyboard),
  )
  const needServer = asked.filter(({ proof }) => proof.on === 'card' || proof.on === 'emulator')
  let silence: string | undefined
  try {
    say('comes to the end of its boot')
    const root = given.root_on_usb ? /^\/dev\/sda2$/m : /^\/dev\/(mmcblk\d+p|vda)2$/m
    results.push(...(await firstBoot(booted, machine.name, root, given.ssh)))
    const since = await secondsUp(booted)
    if (heard) {
      say('plays a tone')
      const played = playTone(booted.console, given.user, TONE_SECONDS)
      silence = await played.then(() => undefined, messageOf)
    }
    await put(needServer, since)
    if (given.doctor) {
      say('examines itself')
      results.push(await doctor(booted, machine.name, card ? 'card' : 'boot', cannot_prove))
    }
    // What needs no card needs no server, and an emulated USB takes most of a processor as long as
    // one plays.
    await booted.console.run("systemctl stop 'jackd@*'")
    const others = asked.filter((one) => !needServer.includes(one))
    await put(others, since)
    if (machine.endpoint !== undefined) results.push(...(await driven(booted, machine.name)))
    if (machine.keyboard) results.push(...(await midiOut(booted, folder, machine.name)))
  } catch (error) {
    throw new ProofError(`${machine.name}: ${messageOf(error)}`)
  } finally {
    await booted.stop()
  }
  say('is done')
  if (silence !== undefined)
    results.push({
      tuning: 'sound',
      proof: 'a tone is played through JACK',
      where: machine.name,
      expected: 'played to its end',
      passed: false,
      seen: silence,
    })
  else if (heard)
    results.push(...judgeTone(`${folder}/heard.wav`, machine.name, TONE_SECONDS, true))
  const seconds = Math.round(booted.seconds * 10) / 10
  return { boot: { machine: machine.name, seconds }, results }
}
