import { writeFileSync } from 'node:fs'
import type { Console } from '../lib/console.ts'
import { boot, virt } from '../lib/emulator.ts'
import { messageOf, ProofError } from '../lib/errors.ts'
import { emulatedCard } from '../lib/proof.ts'
import type { ProofResult } from '../lib/proof.ts'
import { demand } from '../lib/proof-report.ts'
import { defineStage } from '../lib/stage.ts'
import { findTone, readWav } from '../lib/wav.ts'
import { boot as bootProofs } from './boot.ts'
import { image } from './image.ts'
import { toolbox } from './toolbox.ts'

const HZ = 1000
const LEVEL_DBFS = -12

const row = (proof: string, passed: boolean, expected: string, seen: string): ProofResult => ({
  tuning: 'sound',
  proof,
  where: virt.name,
  passed,
  expected,
  seen,
})

/** Whether downbeat-latency measures another period and leaves the server as it was. Its figures mean nothing in an emulator. */
async function walk(console: Console, user: string): Promise<ProofResult> {
  const walked = await console.run('downbeat-latency -s 1 --no-load --json 1024', 300)
  const measured = /"measured":\{"seconds":1,"rate":48000,"period":1024,"cycles":[1-9]/.test(walked.text)
  const { text } = await console.run(`ls /run/systemd/system; su -s /bin/sh -c 'downbeat-xruns -i 0 -t 1' ${user}`, 120)
  const restored = !text.includes('jackd@') && text.includes('"period":2048,"cycles":')
  return row(
    'downbeat-latency measures 1024 frames, and JACK runs as before when it has ended',
    measured && restored,
    'cycles of 1024 frames, then of 2048, and nothing left in /run/systemd/system',
    `${walked.text}${text}`,
  )
}

/** The proof by ear: a tone through the running JACK server of the image, found in what the emulated card recorded. */
export const sound = defineStage({
  name: 'sound',
  about: 'Play a tone through the JACK server of the booted image and find it in the recording',
  source: import.meta.url,
  needs: { toolbox, image, boot: bootProofs },
  outputs: { results: 'proofs.json', console: 'console.log', recording: 'tone.wav' },
  evidence: ['console', 'recording'],
  given: (plan) => ({
    heard: plan.soundcard.bus !== 'none',
    card: emulatedCard(plan),
    board: plan.boards[0]!,
    root_on_usb: plan.image.disk.root_on_usb,
    user: plan.image.user.name,
    /** whether the tool that walks JACK's periods is there, and a server of the image's own for it */
    walk: emulatedCard(plan) && plan.configure.templates.some(({ path }) => path === 'root/usr/bin/downbeat-latency.hbs'),
  }),
  async run({ given, from, out, work, $ }) {
    if (!given.heard) {
      for (const file of Object.values(out)) writeFileSync(file, '')
      return writeFileSync(out.results, '[]\n') // an image without a sound card has no sound
    }
    let transcript = ''
    const walked: ProofResult[] = []
    const booted = await boot($, {
      image: from.image.disk,
      board: given.board,
      machine: virt,
      work,
      wav: out.recording,
      card_gib: 2,
      root_on_usb: given.root_on_usb,
      onText: (text) => writeFileSync(out.console, (transcript += text)),
    })
    const { console } = booted
    try {
      await console.run('systemctl is-system-running --wait', 300)
      // An emulator is late where a Pi is not: a longer buffer, for this boot only.
      const buffer = '-P -p2048 -n3 -r48000'
      const card = String.raw`$(sed -n 's/^ *[0-9]* \[\(\w*\).*USB-Audio.*/\1/p' /proc/asound/cards)`
      const limits = `-E JACK_NO_AUDIO_RESERVATION=1 -p User=${given.user} -p Group=audio -p LimitRTPRIO=95 -p LimitMEMLOCK=infinity`
      await console.run(
        given.card
          ? `sed -i 's/^JACKD_ALSA=.*/JACKD_ALSA="${buffer}"/' /etc/default/jackd; systemctl restart 'jackd@*'`
          : // An image for another card starts no jackd on a USB one, which is the only one here: start it by hand.
            `. /etc/default/jackd; systemd-run -q ${limits} -p Type=notify /usr/bin/jackd $JACKD_SERVER -d alsa -d hw:${card} ${buffer}`,
        90,
      )
      const { text, status } = await console.run(`su -s /bin/sh -c 'downbeat-tone -f ${HZ} -l ${LEVEL_DBFS} -t 8' ${given.user}`, 120)
      if (status !== 0) throw new Error(`downbeat-tone ended with ${status}: ${text}`)
      if (given.walk) walked.push(await walk(console, given.user))
    } catch (error) {
      throw new ProofError(`sound: ${messageOf(error)}`)
    } finally {
      await booted.stop()
    }
    const wav = readWav(out.recording)
    const tone = findTone(wav.samples[0]!, wav.rate, HZ)
    const results = [
      row('the tone has its frequency', Math.abs(tone.hz - HZ) < 1, `${HZ} Hz`, `${tone.hz.toFixed(2)} Hz`),
      row('the tone has its level', Math.abs(tone.level - LEVEL_DBFS) < 1.5, `${LEVEL_DBFS} dBFS`, `${tone.level.toFixed(2)} dBFS`),
      row('nothing else is in it', tone.purity > 0.9, 'more than 0.9 of the energy', tone.purity.toFixed(4)),
      row('it sounds as long as it was played', tone.seconds > 7, 'more than 7 of 8 s', `${tone.seconds.toFixed(2)} s`),
      ...walked,
    ]
    writeFileSync(out.results, `${JSON.stringify({ tone, results, boots: [{ machine: virt.name, seconds: booted.seconds }] }, null, 2)}\n`)
    demand(results)
  },
})
