import { UserError } from '../../common/words/errors.ts'
import type { Shell } from '../../engine/shell/shell.ts'
import { cyclesOf } from './cycles.ts'
import type { Cycles } from './cycles.ts'
import { loadRan } from './load-ran.ts'
import { wakeUpsOf } from './wakeups.ts'
import type { WakeUps } from './wakeups.ts'

/** Wake-ups of one measurement, a millisecond of the machine's own time each. */
const WAKE_UPS = 1000

/** Cycles of JACK that are looked at of each kind. */
const CYCLES = 200

export interface Measured {
  kernel: string
  /** the files of the machine: later ones lie over earlier ones */
  initramfs: readonly string[]
  /** -cpu of QEMU's own machine */
  cpu: string
  /** SCHED_FIFO priority of the thread that is woken, or of the server */
  priority: number
  /** what else the kernel is told */
  parameters: readonly string[]
}

/**
 * A machine whose clock is the count of the instructions that it has executed, and in which nothing
 * is random: the same files give the same figures, to the byte, however busy this machine is.
 * QEMU, docs/devel/tcg-icount.rst. `shift=1` is 2 ns an instruction; idle time is skipped. It has
 * one processor: several would execute in turns, each for a round of some thousand instructions, and
 * a thread that is woken on another one would wait for its turn (docs/latency.md).
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

/** How late a realtime thread wakes up with a kernel, under a load. */
export async function measureWakeUps($: Shell, what: Measured): Promise<WakeUps> {
  const said = await run($, what, `wakeups downbeat.loops=${WAKE_UPS}`)
  return wakeUpsOf(said) ?? unfinished(said)
}

/** What a cycle of JACK costs with a kernel, under the same load. */
export async function measureCycles($: Shell, what: Measured): Promise<Cycles[]> {
  const said = await run($, what, `cycles downbeat.loops=${CYCLES}`)
  const cycles = cyclesOf(said)
  return cycles.length === 0 ? unfinished(said) : cycles
}

async function run($: Shell, what: Measured, measure: string): Promise<string> {
  const words = [
    'console=ttyAMA0 quiet panic=-1 nokaslr',
    ...what.parameters,
    `downbeat.priority=${what.priority} downbeat.measure=${measure}`,
  ].join(' ')
  const said = await $.text`files=$(mktemp)
    cat ${what.initramfs} >"$files"
    timeout ${STUCK_S} qemu-system-aarch64 ${MACHINE} -cpu ${what.cpu} -kernel ${what.kernel} \
      -initrd "$files" -append ${words} </dev/null | tr -d '\r'
    rm "$files"`
  if (!/^measured: yes\s*$/m.test(said)) return unfinished(said)
  if (!loadRan(said))
    throw new UserError(
      `nothing was measured: the load does not run with this kernel; what the machine said:\n${said.slice(-2000)}`,
    )
  return said
}

function unfinished(said: string): never {
  throw new UserError(
    `this kernel does not come to the end of the measurement; the last that it said:\n${said.slice(-2000)}`,
  )
}
