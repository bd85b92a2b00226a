import { fileURLToPath } from 'node:url'

const enter = fileURLToPath(new URL('enter.pl', import.meta.url))

/** What a script in the sandbox has. Paths are the same inside and outside. */
export interface Sandbox {
  /** the root whose programs it uses; left out: this machine's own programs */
  toolbox?: string | undefined
  cwd: string
  writable: readonly string[]
  readable: readonly string[]
  /** whether it has this machine's network; otherwise it has none */
  network: boolean
  /** whether it may mount what a user namespace may mount */
  mounts: boolean
}

/** The words in front of a bash script that is to run in the sandbox; see enter.pl. */
export const sandboxed = (sandbox: Sandbox): string[] => [
  'perl',
  enter,
  ...(sandbox.network ? ['--network'] : []),
  ...(sandbox.mounts ? ['--mounts'] : []),
  ...(sandbox.toolbox === undefined ? [] : ['--toolbox', sandbox.toolbox]),
  '--cwd',
  sandbox.cwd,
  ...sandbox.readable.flatMap((path) => ['--read', path]),
  ...sandbox.writable.flatMap((path) => ['--write', path]),
]
