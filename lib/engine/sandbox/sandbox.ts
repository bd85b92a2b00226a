import { fileURLToPath } from 'node:url'

const own = fileURLToPath(new URL('.', import.meta.url))

/** Namespaces in which an ordinary user is root; see enter.sh. */
export const enter = (network: boolean): string[] => [
  'bash',
  `${own}enter.sh`,
  ...(network ? [] : ['--no-network']),
]

/**
 * The same, with a root of its own in which only the toolbox and these paths exist; see inside.sh.
 */
export const insideToolbox = (options: {
  root: string
  toolbox: string
  cwd: string
  writable: string[]
  readable: string[]
  network: boolean
}): string[] => [
  ...enter(options.network),
  'sh',
  `${own}inside.sh`,
  options.root,
  options.toolbox,
  options.cwd,
  options.writable.join('\n'),
  options.readable.join('\n'),
]
