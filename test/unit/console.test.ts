import { expect, test } from 'vitest'
import { NoAnswer, createConsole } from '../../lib/prove/emulator/console.ts'

/**
 * A root shell that answers each command with these texts, as it comes over a serial line: in
 * pieces, with \r\n, after an echo.
 */
function shell(answers: string[], { echo = true } = {}) {
  const typed: string[] = []
  const console = createConsole((text) => {
    typed.push(text)
    const mark = /echo "\$\?>>"(\d+)/.exec(text)?.[1]
    const all =
      `${echo ? text : ''}[   12.3] usb 1-1: new device\n<<${mark}\n${answers[typed.length - 1]}>>${mark}\n# `.replaceAll(
        '\n',
        '\r\n',
      )
    const pieces = all.match(/[^]{1,7}/g)!
    const send = (): void => {
      const piece = pieces.shift()
      if (piece === undefined) return
      console.hear(piece)
      setImmediate(send)
    }
    setImmediate(send)
  })
  return { console, typed }
}

test('a command on the serial line is answered with what it printed and its exit status', async () => {
  const { console } = shell(['one\ntwo\n0', '3'])
  expect(await console.run('printf "one\\ntwo\\n"')).toEqual({ text: 'one\ntwo\n', status: 0 })
  expect(await console.run('exit 3')).toEqual({ text: '', status: 3 })
})

test('the echo of a command is not taken for its answer', async () => {
  const { console, typed } = shell(['7\n0'])
  expect(await console.run('nproc')).toEqual({ text: '7\n', status: 0 })
  expect(console.transcript).toContain(typed[0]!.trim())
})

test('what the first boot says to the same console is in no answer, and what a command prints is', async () => {
  const spoken = '[   36.033976] first-boot[325]: resize2fs 1.47.2\n'
  const kernel = '[   12.345678] usb 1-1: new device\n'
  const journal = '[  121.132439] downbeat jackd[487]: JACK server starting\n'
  const { console } = shell([`${spoken}42.17\n${spoken}0`, `${kernel}${spoken}${journal}0`])
  expect(await console.run('cut -d" " -f1 /proc/uptime')).toEqual({ text: '42.17\n', status: 0 })
  expect(await console.run('dmesg; journalctl -o short-monotonic')).toEqual({
    text: kernel + journal,
    status: 0,
  })
  expect(console.transcript).toContain('first-boot[325]')
})

test('a pattern is waited for from where the last one was found', async () => {
  const console = createConsole(() => undefined)
  console.hear('login: login: # ')
  await console.waitFor(/login: /)
  await console.waitFor(/login: /)
  const third = console.waitFor(/login: /)
  console.hear('lo')
  console.hear('gin: ')
  await expect(third).resolves.toBeUndefined()
})

/** Why what is waited for will not come. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((failed: unknown) => failed)
  expect(error).toBeInstanceOf(NoAnswer)
  return (error as Error).message
}

test('a silent line is given up with the last lines it said', async () => {
  const console = createConsole(() => undefined, 0)
  console.hear('Starting\r\n')
  expect(await refusal(console.waitFor(/# $/))).toBe(
    'no # $: nothing of it within 0 s; the last lines of the console:\nStarting\n',
  )
})

test('a machine that has ended is not waited for, and what it said before still counts', async () => {
  const console = createConsole(() => undefined)
  const waiting = refusal(console.waitFor(/# $/))
  console.hear('login: ')
  console.lose('the machine has ended')
  expect(await waiting).toBe(
    'no # $: the machine has ended; the last lines of the console:\nlogin: ',
  )
  await console.waitFor(/login: /)
  expect(await refusal(console.run('true'))).toContain('no answer to `true`: the machine has ended')
})

test('a kernel that has stopped for good is not waited for, and its reason is told with its last words', async () => {
  const console = createConsole(() => undefined)
  const waiting = refusal(console.waitFor(/# $/))
  console.hear('Kernel panic - not syncing: VFS: no root\r\nCall trace:\r\n')
  console.hear('---[ end Kernel panic - not syncing: VFS: no root ]---\r\n')
  expect(await waiting).toMatch(
    /^no # \$: Kernel panic - not syncing: VFS: no root; the last lines of the console:\nKernel panic .*\nCall trace:\n/,
  )
})
