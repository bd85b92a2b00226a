import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import type { Extent } from './extent.ts'

// Node cannot ask where the holes of a file are. Perl can: mmdebstrap, which builds need, is
// written in it. 3 is SEEK_DATA and 4 is SEEK_HOLE, see lseek(2).
const ask =
  'open my $file, "<", $ARGV[0] or die; my ($data, $hole) = (0, 0);' +
  'while (defined($data = sysseek $file, $hole, 3)) {' +
  '$hole = sysseek $file, $data, 4 or die; print $data + 0, " $hole\\n" }'

/**
 * The parts of a file that are not holes, in their order: what is between them reads as zeros. A
 * file without holes is one part; so is a file whose holes cannot be found.
 */
export function dataExtents(path: string): Extent[] {
  const { size, blocks } = statSync(path)
  const whole = size === 0 ? [] : [{ start: 0, end: size }]
  if (blocks * 512 >= size) return whole
  const { status, stdout } = spawnSync('perl', ['-e', ask, '--', path], { encoding: 'utf8' })
  if (status !== 0) return whole
  return stdout.split('\n').flatMap((line) => {
    const [start, end] = line.split(' ').map(Number)
    return start === undefined || end === undefined ? [] : [{ start, end }]
  })
}
