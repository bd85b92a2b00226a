import { mkdirSync, writeFileSync } from 'node:fs'
import { bootEnd } from '../lib/prove/emulator/boot-end.ts'
import { boot as bootImage, machineOf } from '../lib/prove/emulator/emulator.ts'
import type { Booted } from '../lib/prove/emulator/emulator.ts'
import { messageOf, ProofError } from '../lib/common/words/errors.ts'
import type { PlannedBoard } from '../lib/plan/plan.ts'
import { isVirt } from '../lib/plan/schema/board.ts'
import { emulatedCard, startsJack } from '../lib/plan/cards.ts'
import { accepts, titleOf, expectation, proofsOf, question } from '../lib/plan/proofs/proof.ts'
import type { ProofResult } from '../lib/plan/proofs/proof.ts'
import { demand } from '../lib/prove/proof/demand.ts'
import type { ProofData } from '../lib/plan/schema/tuning.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { judgeTone, playTone } from '../lib/prove/hearing/tone-proof.ts'
import { image } from './image.ts'
import { toolbox } from './toolbox.ts'
import { verify } from './verify.ts'

/**
 * The boot proofs: the very image, booted on QEMU's Raspberry Pis, or its own machine, as the
 * firmware would boot it.
 */
export const boot = defineStage({
  name: 'boot',
  about: 'Boot the image on an emulated Raspberry Pi and prove the tunings on the running system',
  source: import.meta.url,
  needs: { toolbox, image, verify },
  outputs: { results: 'proofs.json', console: 'console.log' },
  evidence: ['console'],
  given: (plan) => ({
    tunings: plan.tunings,
    boards: emulated(plan.boards),
    cpu: plan.virt_cpu,
    root_on_usb: plan.image.disk.root_on_usb,
    card: emulatedCard(plan),
    heard: emulatedCard(plan) && startsJack(plan),
    user: plan.image.user.name,
    ssh: plan.image.user.ssh_keys.length > 0,
    absent_card: emulatedCard(plan) ? undefined : plan.soundcard.alsa_id,
  }),
  async run({ given, from, out, work, settings, progress, $ }) {
    const seen: Seen[] = []
    const doing = new Map<string, string>()
    const examined = given.boards.findLast(({ emulator }) => !isVirt(emulator!)) ?? given.boards[0]
    const transcripts: string[] = []
    writeFileSync(out.console, '') // there may be no machine for any of the boards
    const look = async (board: PlannedBoard, i: number): Promise<Seen> => {
      const machine = machineOf(board.emulator!, given.cpu)
      const folder = `${work}/${machine.name}`
      mkdirSync(folder)
      const say = (what: string): void => {
        doing.set(machine.name, what)
        progress([...doing].map(([name, done]) => `${name} ${done}`).join(', '))
      }
      say('boots')
      transcripts[i] = ''
      const results: ProofResult[] = []
      let silence: string | undefined
      const booted = await bootImage($, {
        image: from.image.disk,
        board,
        machine,
        work: folder,
        card_gib: 2,
        root_on_usb: given.root_on_usb,
        ...(given.absent_card === undefined ? {} : { absent_card: given.absent_card }),
        ...(given.card ? { wavs: [`${folder}/heard.wav`] } : {}),
        onText: (text) => {
          transcripts[i] += text
          writeFileSync(out.console, transcripts.join('\n'))
        },
      })
      try {
        const disk = given.root_on_usb ? /^\/dev\/sda2$/m : /^\/dev\/(mmcblk\d+p|vda)2$/m
        say('comes to the end of its boot')
        results.push(...(await firstBoot(booted, machine.name, disk, given.ssh)))
        const since = await secondsUp(booted)
        if (given.heard) say('plays a tone')
        if (given.heard)
          silence = await playTone(booted.console, given.user, 4).then(() => undefined, messageOf)
        const asked = proofsOf(given.tunings).filter(
          ({ tuning, proof }) =>
            tuning.boards.includes(board.id) &&
            !board.emulator!.cannot_prove.includes(tuning.id) &&
            proof.on !== 'device' &&
            (proof.on !== 'card' || given.card) &&
            (proof.on !== 'emulator' || machine.keyboard),
        )
        const put = async (those: typeof asked): Promise<void> => {
          for (const { tuning, proof } of those) {
            say(`is asked for ${tuning.id} (${results.length} answers)`)
            const row = {
              tuning: tuning.id,
              proof: titleOf(proof),
              where: machine.name,
              expected: expectation(proof),
            }
            results.push({ ...row, ...(await ask(booted, proof, since)) })
          }
        }
        const needsServer = ({ proof }: (typeof asked)[number]): boolean =>
          proof.on === 'card' || proof.on === 'emulator'
        await put(asked.filter(needsServer))
        // Once is enough, on the real board with the fewest proofs: it asks the same again, in the
        // words that its user will see.
        if (board === examined) {
          say('examines itself')
          results.push(
            await doctor(
              booted,
              machine.name,
              given.card ? 'card' : 'boot',
              board.emulator!.cannot_prove,
            ),
          )
        }
        // What needs no card needs no server, and an emulated USB takes most of a processor as long
        // as one plays.
        await booted.console.run("systemctl stop 'jackd@*'")
        await put(asked.filter((one) => !needsServer(one)))
      } catch (error) {
        throw new ProofError(`${machine.name}: ${messageOf(error)}`)
      } finally {
        await booted.stop()
      }
      say('is done')
      const tone = {
        tuning: 'sound',
        proof: 'a tone is played through JACK',
        where: machine.name,
        expected: 'played to its end',
      }
      if (silence !== undefined) results.push({ ...tone, passed: false, seen: silence })
      else if (given.heard) results.push(...judgeTone(`${folder}/heard.wav`, machine.name, 4, true))
      return {
        boot: { machine: machine.name, seconds: Math.round(booted.seconds * 10) / 10 },
        results,
      }
    }
    // Side by side: each machine keeps one processor busy.
    const boards = given.boards.entries()
    const take = async (): Promise<void> => {
      for (const [i, board] of boards) seen[i] = await look(board, i)
    }
    for (const taken of await Promise.allSettled(Array.from({ length: settings.jobs }, take)))
      if (taken.status === 'rejected') throw taken.reason
    const results = seen.flatMap((one) => one.results)
    writeFileSync(
      out.results,
      `${JSON.stringify({ boots: seen.map((one) => one.boot), results }, null, 2)}\n`,
    )
    demand(results)
  },
})

/** What was seen of one machine. */
interface Seen {
  /** from the start of the emulator to the root shell: seconds of this machine */
  boot: { machine: string; seconds: number }
  results: ProofResult[]
}

/**
 * One board per chip, the one that QEMU knows exactly if there is one; of those that can be started
 * with this kernel.
 */
function emulated(boards: readonly PlannedBoard[]): PlannedBoard[] {
  const chosen = new Map<string, PlannedBoard>()
  for (const board of boards) {
    const before = chosen.get(board.soc)
    if (board.emulator && (!before || (board.emulator.exact && !before.emulator!.exact)))
      chosen.set(board.soc, board)
  }
  return [...chosen.values()]
}

/** What every image promises on its first boot, whatever its tunings. */
async function firstBoot(
  { console }: Booted,
  where: string,
  root: RegExp,
  ssh: boolean,
): Promise<ProofResult[]> {
  const check = async (proof: string, run: string, pattern: RegExp): Promise<ProofResult> => {
    const { text } = await console.run(run)
    return {
      tuning: 'first-boot',
      proof,
      where,
      expected: pattern.source,
      seen: text,
      passed: pattern.test(text),
    }
  }
  const state = await bootEnd(console)
  return [
    {
      tuning: 'first-boot',
      proof: 'the boot comes to its end',
      where,
      expected: 'running',
      seen: state,
      passed: state === 'running',
    },
    await check('no unit has failed', 'systemctl --failed --plain --no-legend', /^$/),
    await check(
      'the root file system is on the disk that it should be on',
      'findmnt -no SOURCE /',
      root,
    ),
    await check('the root file system fills the card', 'findmnt -bno SIZE /', /^1[5-9]\d{8}$/m),
    await check(
      'the host keys are made',
      'ls /etc/ssh/ssh_host_ed25519_key',
      /^\/etc\/ssh\/ssh_host_ed25519_key$/m,
    ),
    await check('the machine has an identity', 'cat /etc/machine-id', /^[0-9a-f]{32}$/m),
    ssh
      ? await check('the SSH server listens', 'systemctl is-active ssh.service', /^active$/m)
      : await check(
          'nobody could log in, so no SSH server listens',
          'systemctl is-active ssh.service',
          /^inactive$/m,
        ),
    await check('no account has a password', "cut -d: -f2 /etc/shadow | grep -vc '^[*!]'", /^0$/m),
  ]
}

/** downbeat-doctor, as its user runs it, but for what only a real board has. */
async function doctor(
  { console }: Booted,
  machine: string,
  where: string,
  cannot_prove: readonly string[],
): Promise<ProofResult> {
  const { text } = await console.run(`downbeat-doctor --json --where ${where}`)
  const row = {
    tuning: 'doctor',
    proof: `downbeat-doctor --where ${where}`,
    where: machine,
    expected: 'nothing failed',
  }
  let said: Diagnosis
  try {
    said = JSON.parse(text) as Diagnosis
  } catch {
    return { ...row, passed: false, seen: text }
  }
  const failed = [
    ...said.tunings.filter(({ id, state }) => state === 'failed' && !cannot_prove.includes(id)),
    ...said.checks.filter(({ state }) => state === 'failed'),
  ].map(({ id }) => id)
  return {
    ...row,
    passed: failed.length === 0 && said.passed > 0,
    seen: failed.length === 0 ? `${said.passed} passed` : `failed: ${failed.join(', ')}`,
  }
}

/** What downbeat-doctor --json says, as far as it is read here. */
interface Diagnosis {
  passed: number
  tunings: { id: string; state: string }[]
  checks: { id: string; state: string }[]
}

/** The guest's own clock. */
const secondsUp = async ({ console }: Booted): Promise<number> =>
  Number((await console.run('cut -d" " -f1 /proc/uptime')).text.trim())

/**
 * Asks until the answer is right, or the time since the boot that the proof allows is over. All
 * proofs have that time at once: of those that fail together only the first takes it. Seconds of
 * the guest.
 */
async function ask(
  booted: Booted,
  proof: ProofData,
  since: number,
): Promise<{ passed: boolean; seen: string }> {
  const { run, verdict } = question(proof)
  const end = since + (proof.wait ?? 0)
  for (;;) {
    // so that a question which takes all the time is not the only one
    const last = (await secondsUp(booted)) >= end
    const { text, status } = await booted.console.run(run)
    // `cat` of a file that is not there
    const seen = 'file' in proof && status !== 0 ? undefined : text
    const passed = accepts(verdict, seen)
    if (passed || last) return { passed, seen: seen ?? 'no such file' }
    await booted.console.run('sleep 2')
  }
}
