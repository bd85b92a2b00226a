/** What a path lies on. */
export interface Mount {
  /** of its file system: ext4, nfs4, fuse.sshfs */
  type: string
  /** such as noexec */
  options: string[]
}

/**
 * The mount that a path without links lies on, by the text of /proc/self/mountinfo: the innermost,
 * and of several at one place the last.
 */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: (Mount & { point: string }) | undefined
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ')
    const words = before!.split(' ')
    const type = after?.split(' ')[0]
    if (type === undefined || words.length < 6) continue
    const point = words[4]!.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    const above = point === '/' || path === point || path.startsWith(`${point}/`)
    if (above && point.length >= (found?.point.length ?? 0))
      found = { point, type, options: words[5]!.split(',') }
  }
  return found && { type: found.type, options: found.options }
}

const remote = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  '9p',
  'afs',
  'ceph',
  'fuse.sshfs',
  'fuse.glusterfs',
])

/**
 * Why stages cannot work on a file system of this kind; undefined: they can. Stages make root file
 * systems. Such a root has links and modes. While it is made, it also has owners that no file
 * server gives to an ordinary user. Its programs are run in place, so the file system must allow
 * that.
 */
export function whyNoRoots({ type, options }: Mount): string | undefined {
  if (remote.has(type))
    return `a file system of the network (${type}), which cannot hold the roots that stages make`
  if (options.includes('noexec')) return 'a file system from which no program may be run (noexec)'
  return undefined
}
