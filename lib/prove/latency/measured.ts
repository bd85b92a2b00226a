import { UserError } from '../../common/words/errors.ts'
import type { Shell } from '../../engine/shell/shell.ts'
import { wakeUpsOf } from './wakeups.ts'
import type { WakeUps } from './wakeups.ts'

/** Wake-ups of one measurement: 500 are a second of the machine's own time. */
export const COUNT = 1000

export interface Measured {
  kernel: string
  initramfs: string
  /** -cpu of QEMU's own machine */
  cpu: string
  /** SCHED_FIFO priority of the thread that is woken */
  priority: number
  /** what else the kernel is told */
  parameters: readonly string[]
}

/**
 * A machine whose clock is the count of the instructions that it has executed, and in which nothing
 * is random: the same files give the same figures, to the byte, however busy this machine is.
 * QEMU, docs/devel/tcg-icount.rst. `shift=1` is 2 ns an instruction; idle time is skipped.
 */
const MACHINE = [
  '-M virt,dtb-randomness=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 1 -smp 1 -m 512M -nic none',
  '-display none -monitor none -serial stdio -no-reboot',
  '-accel tcg,thread=single -icount shift=1,sleep=off',
]
  .join(' ')
  .split(' ')

/** A machine that is still at it after so many seconds never ends: the slowest kernel takes 300. */
const STUCK_S = 3600

/** Measures how late a realtime thread wakes up with a kernel, under a load. */
export async function measured($: Shell, what: Measured): Promise<WakeUps> {
  const words = [
    'console=ttyAMA0 quiet panic=-1 nokaslr',
    ...what.parameters,
    `downbeat.priority=${what.priority} downbeat.loops=${COUNT}`,
  ].join(' ')
  const said =
    await $.text`timeout ${STUCK_S} qemu-system-aarch64 ${MACHINE} -cpu ${what.cpu} -kernel ${what.kernel} \
      -initrd ${what.initramfs} -append ${words} </dev/null | tr -d '\r'`
  const seen = wakeUpsOf(said)
  if (seen === undefined)
    throw new UserError(
      `this kernel does not come to the end of the measurement; the last that it said:\n${said.slice(-2000)}`,
    )
  return seen
}
