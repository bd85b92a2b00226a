import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sandboxed } from '../../lib/engine/sandbox/sandbox.ts'
import type { Sandbox } from '../../lib/engine/sandbox/sandbox.ts'
import { CommandError, createShell, script } from '../../lib/engine/shell/shell.ts'
import type { Shell, ShellOptions } from '../../lib/engine/shell/shell.ts'
import { isRunning, ownSleep, repository, temporaryFolder, until } from './fixtures.ts'

function shell(more: Partial<ShellOptions> = {}) {
  const lines: string[] = []
  const usage = { user: 0, system: 0, peak_kib: 0 }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const $ = createShell({
    wrap: [],
    onLine: (line) => lines.push(line),
    signal: stop.signal,
    usage,
    timeFile: join(temporaryFolder(), 'time'),
    ...more,
  })
  return { $, lines, usage, stop }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )

const hostile = [
  'a b',
  "it's",
  '"double"',
  '$HOME',
  '$(touch hacked)',
  '`touch hacked`',
  '; touch hacked',
  '*',
  '~',
  '-n',
  '',
  '\\',
  '\\n',
  'new\nline',
  '\ttab',
  '!history',
  '#no comment',
  '{a,b}',
  'käse ♪',
  '&& false',
  '> hacked',
  '\u0001',
  '\u001b[31m',
  '%s',
]

describe('a value in a script', () => {
  test.each(hostile)('is one word and nothing else: %j', async (value) => {
    const folder = temporaryFolder()
    const { $ } = shell()
    const printed = await $.text`cd ${folder}; printf '<%s>' ${value} end; [ ! -e hacked ]`
    expect(printed).toBe(`<${value}><end>`)
  })

  test('that is a list is one word for each of it', async () => {
    const { $ } = shell()
    expect(await $.text`printf '<%s>' ${hostile}`).toBe(
      hostile.map((value) => `<${value}>`).join(''),
    )
    expect(await $.text`printf '<%s>' a ${[]} b`).toBe('<a><b>')
  })

  test('that is a number is written as such', async () => {
    expect(await shell().$.text`echo ${16384} ${-2}`).toBe('16384 -2')
  })

  test('may stand beside other text of its word', async () => {
    expect(await shell().$.text`printf '<%s>' --file=${'a b'}.txt pre${"it's"}post`).toBe(
      "<--file=a b.txt><preit'spost>",
    )
  })
})

describe('the text of a script', () => {
  test('is taken as it is written, backslashes too', async () => {
    const { $ } = shell()
    expect(await $.text`printf 'a\tb\n' | sed 's/\(a\)\t/\1-/'`).toBe('a-b')
    expect(await $.text`echo "\$HOME" '\n'`).toBe('$HOME \\n')
  })

  test('says ${…} and backticks to the shell where a backslash stands before them', async () => {
    expect(await shell().$.text`name=a.tar.xz; echo "\${name%.*}" \`echo b\``).toBe('a.tar b')
    const pieces = (strings: TemplateStringsArray, ...values: unknown[]): string =>
      script(strings, values)
    expect(pieces`x=\${y} ${'z'}`).toBe('x=${y} z')
  })

  test('may be long lines, continued with a backslash', async () => {
    expect(
      await shell().$.text`echo a \
      b`,
    ).toBe('a b')
  })

  test('ends at the first command that fails, also inside a pipe', async () => {
    const { $, lines } = shell()
    expect(await failure($`echo one; false; echo two`)).toEqual(new CommandError('exit status 1'))
    expect(await failure($`exit 3 | cat; echo three`)).toEqual(new CommandError('exit status 3'))
    expect(lines).toEqual(['one'])
  })

  test('may not use a variable that is not set', async () => {
    const { $, lines } = shell()
    expect(await failure($`echo "$no_such_variable"`)).toBeInstanceOf(CommandError)
    expect(lines.join()).toContain('no_such_variable')
  })
})

describe('what a command prints', () => {
  test('is heard line by line, errors too, and a last line without its end', async () => {
    const { $, lines } = shell()
    await $`echo one; echo two; printf three`
    expect(lines).toEqual(['one', 'two', 'three'])
    await $`echo four >&2`
    expect(lines.at(-1)).toBe('four')
  })

  test('is not torn apart inside a letter', async () => {
    const { $, lines } = shell()
    // Each letter begins at an odd byte, and more comes than is read at once: reading ends in the
    // middle of one.
    const text = `a${'ä'.repeat(500_000)}`
    const file = join(temporaryFolder(), 'text')
    writeFileSync(file, text)
    await $`cat ${file}`
    expect(lines.length).toBe(1)
    expect(lines[0] === text).toBe(true) // a million bytes are no help in a message
  })

  test('is given back by text without the last line end, and errors are still heard', async () => {
    const { $, lines } = shell()
    expect(await $.text`echo one; echo; echo two; echo aside >&2`).toBe('one\n\ntwo')
    expect(lines).toEqual(['aside'])
    expect(await $.text`true`).toBe('')
  })

  test('is no answer when the command fails', async () => {
    expect(await failure(shell().$.text`echo one; exit 7`)).toEqual(
      new CommandError('exit status 7'),
    )
  })
})

describe('a command', () => {
  test('that is ended by a signal says which', async () => {
    expect(String(await failure(shell().$`kill -TERM $$`))).toMatch(
      /ended by SIGTERM|exit status 143/,
    )
  })

  test('sees nothing of the environment of its caller but what it is given', async () => {
    process.env['DOWNBEAT_TEST_SECRET'] = 'secret'
    onTestFinished(() => void delete process.env['DOWNBEAT_TEST_SECRET'])
    const { $ } = shell({ env: { SOURCE_DATE_EPOCH: '17' } })
    expect(
      (await $.text`env | sed 's/=.*//' | grep -vxE '_|PWD|SHLVL|OLDPWD' | sort`).split('\n'),
    ).toEqual(['HOME', 'LC_ALL', 'PATH', 'SOURCE_DATE_EPOCH', 'TZ'])
  })

  test('makes files that everybody may read, whatever the umask of its caller', async () => {
    const folder = temporaryFolder()
    const { $ } = shell({ wrap: ['bash', '-c', 'umask 077; exec bash -c "$0"'] })
    expect(await $.text`cd ${folder}; : >file; mkdir folder; stat -c %a file folder`).toBe(
      '644\n755',
    )
  })

  test('reads nothing from the terminal', async () => {
    expect(await shell().$.text`cat; echo end`).toBe('end')
  })

  test('runs behind what it is wrapped in', async () => {
    expect(await shell({ wrap: ['env', 'WRAPPED=yes', 'bash', '-c'] }).$.text`echo $WRAPPED`).toBe(
      'yes',
    )
  })

  test('adds to the time and memory that was used', async () => {
    const { $, usage } = shell()
    await $`i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done`
    expect(usage.user + usage.system).toBeGreaterThan(0)
    expect(usage.peak_kib).toBeGreaterThan(100)
  })

  test('says what it took where another one ends beside it, too', async () => {
    const { $, usage } = shell()
    const long = $.start(() => {})`read -r; for ((i = 0; i < 100000; i++)); do :; done`
    await $`true`
    const before = usage.user + usage.system
    long.write('\n')
    await long.ended
    expect(usage.user + usage.system).toBeGreaterThan(before)
  })
})

describe('stopping', () => {
  test('ends a running command and what it has started', async () => {
    const { $, stop } = shell()
    const seconds = ownSleep()
    const running = failure($`sleep ${seconds} & sleep ${seconds}; wait`)
    await until(() => isRunning(seconds))
    stop.abort()
    expect(await running).toEqual(new CommandError('stopped'))
    await until(() => !isRunning(seconds))
  })

  test('lets no further command begin', async () => {
    const { $, stop, lines } = shell()
    stop.abort()
    expect(await failure($`echo one`)).toEqual(new CommandError('stopped'))
    expect(lines).toEqual([])
  })
})

describe('a conversation', () => {
  const talk = ($: Shell) => {
    let heard = ''
    const started = $.start((text) => void (heard += text))
    return { started, heard: () => heard }
  }

  test('hears what is said as it is said, and answers', async () => {
    const { started, heard } = talk(shell().$)
    const conversation = started`echo ready; read -r word; echo "said $word"`
    await until(() => heard().includes('ready\n'))
    conversation.write('hello\n')
    await conversation.ended
    expect(heard()).toBe('ready\nsaid hello\n')
  })

  test('that ends badly fails as a command does', async () => {
    const conversation = talk(shell().$).started`exit 4`
    expect(await failure(conversation.ended)).toEqual(new CommandError('exit status 4'))
    conversation.write('too late\n')
  })

  test('that is killed has ended well, and nothing of it is left', async () => {
    const seconds = ownSleep()
    const conversation = talk(shell().$).started`sleep ${seconds} & sleep ${seconds}`
    await until(() => isRunning(seconds))
    conversation.kill()
    await expect(conversation.ended).resolves.toBeUndefined()
    await until(() => !isRunning(seconds))
  })
})

/** A process of its own that runs `sleep` through a shell of its own, to be killed. */
function sleeper(wrap: string, command: string, seconds: string) {
  const code = `import { createShell } from ${JSON.stringify(pathToFileURL(join(repository, 'lib/engine/shell/shell.ts')).href)}
import { sandboxed } from ${JSON.stringify(pathToFileURL(join(repository, 'lib/engine/sandbox/sandbox.ts')).href)}
    const options = { onLine: () => {}, signal: new AbortController().signal, usage: { user: 0, system: 0, peak_kib: 0 }, timeFile: ${JSON.stringify(join(temporaryFolder(), 'time'))} }
    await createShell({ ...options, wrap: ${wrap} })\`${command} \${${JSON.stringify(seconds)}}\``
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function killedLeavesNothing(wrap: string, command: string): Promise<void> {
  const seconds = ownSleep()
  const child = sleeper(wrap, command, seconds)
  await until(() => isRunning(seconds) || child.exitCode !== null)
  expect(child.exitCode).toBeNull()
  child.kill('SIGKILL')
  await until(() => !isRunning(seconds))
}

test('a process that is killed with SIGKILL leaves no command behind', async () => {
  await killedLeavesNothing('[]', 'exec sleep')
})

const sandboxIn = (folder: string): Sandbox => ({
  cwd: folder,
  writable: folder === '/' ? [] : [folder],
  readable: [],
  network: false,
  mounts: false,
})

// Needs what ./downbeat doctor asks for: user namespaces, and for an ordinary user a range of ids.
describe('in the sandbox of a stage', () => {
  test('a process that is killed with SIGKILL leaves nothing behind, not even what its commands have started', async () => {
    await killedLeavesNothing(
      `sandboxed(${JSON.stringify(sandboxIn('/'))})`,
      'setsid sleep 600 & sleep',
    )
  })

  test('a command is root over other ids, too, and fails as any other', async () => {
    const folder = temporaryFolder()
    const { $, lines } = shell({ wrap: sandboxed(sandboxIn(folder)) })
    await $`id -u; cd ${folder}; : >mine; chown 7:7 mine; stat -c %u:%g mine; rm mine`
    expect(lines).toEqual(['0', '7:7'])
    expect(await failure($`exit 9`)).toEqual(new CommandError('exit status 9'))
  })
})
