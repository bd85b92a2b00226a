import type { Console } from './console.ts'

/**
 * Seconds of the booted system between two looks at it, and after how many looks that saw the same
 * it is stuck. A whole boot takes eight of them. One of them may be twenty of ours where the system
 * is busy with what will never end.
 */
const LOOK_S = 30
const LOOKS = 4

/** What is asked of a system that is stuck, so that whoever reads the error sees in what. */
const QUESTIONS = [
  'systemctl status --no-pager --full --lines 20 $(systemctl list-jobs --plain --no-legend | awk \'$4 == "running" { print $2 }\')',
  'ps -eo pid,stat,rtprio,psr,time,wchan:24,args --sort=-time | head -n 40',
  'dmesg | tail -n 30',
]

/** A booted system does not come to the end of its boot. */
export class StuckBoot extends Error {
  override name = 'StuckBoot'
}

/**
 * Waits until a booted system has nothing more to start; gives the state that it is in then:
 * `running`, or `degraded` when a unit has failed. As long as its list of jobs changes it is only
 * slow. One that stays the same is an error that names the jobs.
 */
export async function bootEnd(console: Console): Promise<string> {
  let before = ''
  let same = 0
  for (;;) {
    const { text, status } = await console.run(
      `timeout ${LOOK_S} systemctl is-system-running --wait`,
    )
    if (status !== 124) return text.trim()
    // without their numbers: what is started again and again has another one each time
    const jobs = (
      await console.run("systemctl list-jobs --plain --no-legend | sed 's/^ *[0-9]* *//'")
    ).text
    same = jobs === before ? same + 1 : 0
    before = jobs
    if (same < LOOKS) continue
    const answers: string[] = []
    for (const question of QUESTIONS) answers.push((await console.run(question)).text)
    throw new StuckBoot(
      [
        `the boot does not come to its end; for ${LOOK_S * LOOKS} seconds of its own it has waited for:`,
        jobs,
        ...answers,
      ].join('\n'),
    )
  }
}
