import { expect, test } from 'vitest'
import { ConsoleTimeout, createConsole } from '../../lib/console.ts'

/** A root shell that answers each command with these texts, as it comes over a serial line: in pieces, with \r\n, after an echo. */
function shell(answers: string[], { echo = true } = {}) {
  const typed: string[] = []
  const console = createConsole((text) => {
    typed.push(text)
    const mark = /echo "\$\?>>"(\d+)/.exec(text)?.[1]
    const all = `${echo ? text : ''}[   12.3] usb 1-1: new device\n<<${mark}\n${answers[typed.length - 1]}>>${mark}\n# `.replaceAll(
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
  expect(await console.run('printf "one\\ntwo\\n"', 10)).toEqual({ text: 'one\ntwo\n', status: 0 })
  expect(await console.run('exit 3', 10)).toEqual({ text: '', status: 3 })
})

test('the echo of a command is not taken for its answer', async () => {
  const { console, typed } = shell(['7\n0'])
  expect(await console.run('nproc', 10)).toEqual({ text: '7\n', status: 0 })
  expect(console.transcript).toContain(typed[0]!.trim())
})

test('a pattern is waited for from where the last one was found', async () => {
  const console = createConsole(() => undefined)
  console.hear('login: login: # ')
  await console.waitFor(/login: /, 10)
  await console.waitFor(/login: /, 10)
  const third = console.waitFor(/login: /, 10)
  console.hear('lo')
  console.hear('gin: ')
  await expect(third).resolves.toBeUndefined()
})

test('a silent line is given up with the last lines it said', async () => {
  const console = createConsole(() => undefined)
  console.hear('Kernel panic - not syncing\r\n')
  const error = await console.waitFor(/# $/, 0).catch((failed: unknown) => failed)
  expect(error).toBeInstanceOf(ConsoleTimeout)
  expect((error as Error).message).toBe('no # $ within 0 s; the last lines of the console:\nKernel panic - not syncing\n')
})
