import type { Rendered } from './render.ts'

const BLOCK = 512

/**
 * A tar of these files, in which they have no owners: whoever unpacks it owns them, and that is root
 * of a namespace. `epoch`: the time of each, in seconds.
 */
export async function tarOf(files: readonly Rendered[], epoch: number): Promise<Buffer> {
  const { Header } = await import('tar/header')
  const blocks = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, text, executable }) => {
      const bytes = Buffer.from(text)
      const mode = executable ? 0o755 : 0o644
      const [size, mtime] = [bytes.length, new Date(epoch * 1000)]
      const header = new Header({ type: 'File', path, mode, size, mtime })
      if (header.encode()) throw new Error(`${path}: such a name is not for a header of a tar`)
      return [header.block!, bytes, Buffer.alloc(-size & (BLOCK - 1))]
    })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}
