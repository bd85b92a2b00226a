import { writeFileSync } from 'node:fs'
import { bootEnd } from '../lib/prove/emulator/boot-end.ts'
import { boot, plug, unplug, virt } from '../lib/prove/emulator/emulator.ts'
import type { Booted } from '../lib/prove/emulator/emulator.ts'
import { messageOf, ProofError } from '../lib/common/words/errors.ts'
import { emulatedCard, startsJack } from '../lib/plan/cards.ts'
import type { ProofResult } from '../lib/plan/proofs/proof.ts'
import { demand } from '../lib/prove/proof/demand.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import {
  judgeTone,
  longBuffer,
  playTone,
  restartWithLongBuffer,
  runOn,
} from '../lib/prove/hearing/tone-proof.ts'
import { image } from './image.ts'
import { toolbox } from './toolbox.ts'
import { verify } from './verify.ts'

const SECONDS = 8

/**
 * The proof by ear: a tone through the running JACK server of the image, found in what the emulated
 * card recorded.
 */
export const sound = defineStage({
  name: 'sound',
  about:
    'Play a tone through the JACK server of the booted image, and again after the card was unplugged, and find it in the recordings',
  source: import.meta.url,
  needs: { toolbox, image, verify },
  outputs: {
    results: 'proofs.json',
    console: 'console.log',
    recording: 'tone.wav',
    again: 'again.wav',
  },
  evidence: ['console', 'recording', 'again'],
  given: (plan) => ({
    heard: plan.soundcard.bus !== 'none' && startsJack(plan) && plan.virt_cpu !== undefined,
    cpu: plan.virt_cpu,
    card: emulatedCard(plan),
    board: plan.boards[0]!,
    root_on_usb: plan.image.disk.root_on_usb,
    user: plan.image.user.name,
    midi: plan.configure.view.jack.midi,
    walk:
      emulatedCard(plan) &&
      plan.configure.templates.some(({ path }) => path === 'root/usr/bin/downbeat-latency'),
  }),
  async run({ given, from, out, work, progress, $ }) {
    for (const file of Object.values(out)) writeFileSync(file, '')
    // no sound card, no server for it, or a kernel that this machine cannot run
    if (!given.heard) return writeFileSync(out.results, '[]\n')
    let transcript = ''
    const results: ProofResult[] = []
    const machine = virt(given.cpu!)
    progress('booting')
    const booted = await boot($, {
      image: from.image.disk,
      board: given.board,
      machine,
      work,
      wavs: [out.recording, out.again],
      card_gib: 2,
      root_on_usb: given.root_on_usb,
      onText: (text) => writeFileSync(out.console, (transcript += text)),
    })
    const { console } = booted
    try {
      progress('waiting for the end of the boot')
      await bootEnd(console)
      progress('playing the tone')
      if (given.card) await restartWithLongBuffer(console, given.midi)
      else await startByHand(booted, given.user, given.midi)
      await playTone(console, given.user, SECONDS)
      if (given.card) {
        progress('pulling the card out, and plugging it in again')
        results.push(await replug(booted, machine.name))
        await playTone(console, given.user, SECONDS)
      }
      if (given.walk) progress('measuring another period')
      if (given.walk) results.push(await walk(booted, machine.name, given.user))
      if (given.walk) results.push(await report(booted, machine.name))
    } catch (error) {
      throw new ProofError(`sound: ${messageOf(error)}`)
    } finally {
      await booted.stop()
    }
    results.push(...judgeTone(out.recording, machine.name, SECONDS, false))
    if (given.card)
      results.push(...judgeTone(out.again, `${machine.name}, plugged in again`, SECONDS, false))
    writeFileSync(
      out.results,
      `${JSON.stringify({ results, boots: [{ machine: machine.name, seconds: booted.seconds }] }, null, 2)}\n`,
    )
    demand(results)
  },
})

/** An image for another card starts no jackd on a USB one, which is the only one here. */
async function startByHand({ console }: Booted, user: string, midi: boolean): Promise<void> {
  const card = String.raw`$(sed -n 's/^ *[0-9]* \[\(\w*\).*USB-Audio.*/\1/p' /proc/asound/cards)`
  const limits = `-p User=${user} -p Group=audio -p LimitRTPRIO=95 -p LimitMEMLOCK=infinity`
  await runOn(
    console,
    `. /etc/default/jackd; systemd-run -q ${limits} /usr/bin/jackd $JACKD_SERVER -d alsa -d hw:${card} ${longBuffer(midi)}`,
  )
}

/**
 * Pulls the card out, sees its server end and the journal say so, plugs it in again, and waits for
 * the server that starts then.
 */
async function replug(booted: Booted, where: string): Promise<ProofResult> {
  const until = (command: string): Promise<string> =>
    runOn(
      booted.console,
      `for i in $(seq 180); do ${command} && exit 0; sleep 0.5; done; systemctl status 'jackd@*'; exit 1`,
    )
  await booted.tell(unplug(0))
  await until(`! systemctl --quiet is-active 'jackd@*'`)
  const said = 'journalctl --sync; journalctl -o cat -u jackd-waits.service'
  const { text: seen } = await booted.console.run(`systemctl start jackd-waits.service; ${said}`)
  await booted.tell(plug(1))
  await until(`systemctl --quiet is-active 'jackd@*'`)
  const expected = 'JACK waits for its sound card'
  return {
    tuning: 'sound',
    proof: 'without the card the journal says so',
    where,
    passed: seen.includes(expected),
    expected,
    seen,
  }
}

/**
 * Whether downbeat-latency measures another period and leaves the server as it was. Its figures
 * mean nothing in an emulator.
 */
async function walk({ console }: Booted, where: string, user: string): Promise<ProofResult> {
  const walked = await console.run('downbeat-latency -s 1 --no-load --json 1024')
  const measured = /"measured":\{"seconds":[\d.]+,"rate":48000,"period":1024,"cycles":[1-9]/.test(
    walked.text,
  )
  const { text } = await console.run(
    `ls /run/systemd/system; su -s /bin/sh -c 'downbeat-xruns -i 0 -t 1' ${user}`,
  )
  const restored = !text.includes('jackd@') && text.includes('"period":2048,"cycles":')
  return {
    tuning: 'sound',
    proof: 'downbeat-latency measures 1024 frames, and JACK runs as before when it has ended',
    where,
    passed: measured && restored,
    expected: 'cycles of 1024 frames, then of 2048, and nothing left in /run/systemd/system',
    seen: `${walked.text}${text}`,
  }
}

/**
 * Whether downbeat-latency --report writes what it has measured, and leaves the server alone. Its
 * figures mean nothing in an emulator, but they belong together.
 */
async function report({ console }: Booted, where: string): Promise<ProofResult> {
  const since = "systemctl show -p ExecMainStartTimestampMonotonic --value 'jackd@*'"
  const before = (await console.run(since)).text
  const said = await console.run('downbeat-latency --report /run/report.json -s 1 --no-load')
  const { text } = await console.run('test -s /run/report.json.svg && cat /run/report.json')
  const after = (await console.run(since)).text
  return {
    tuning: 'sound',
    proof: 'downbeat-latency --report writes a whole histogram, and the server plays on',
    where,
    passed: isWhole(text) && before.trim() !== '' && before === after,
    expected: 'JSON with a histogram of all wake-ups, and the same server before and afterwards',
    seen: `${before}${said.text}${text}${after}`,
  }
}

function isWhole(text: string): boolean {
  try {
    const { loops, lost, histogram } = JSON.parse(text) as Measured
    return loops > 0 && Object.values(histogram).reduce((sum, one) => sum + one, lost) === loops
  } catch {
    return false
  }
}

/** What a report says of wake-ups, as far as it is read here. */
interface Measured {
  loops: number
  lost: number
  histogram: Record<string, number>
}
