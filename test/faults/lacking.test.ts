import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { builtRecord, downbeat, machine } from '../downbeat.ts'
import { ownCache, removeCaches, removeLater } from './own-cache.ts'

// A machine that lacks something: a network, room on its disk, namespaces.

const built = builtRecord()
const whole = built.files['downbeat.img']!.sha256
afterEach(removeCaches)

/**
 * A script in front of ./downbeat, in a namespace; the sandbox inside it needs a /proc of its own
 * processes.
 */
const nested = (script: string): string[] => [
  'sh',
  '-c',
  `mount -t proc proc /proc && ${script}`,
  'nested',
]

test('without a network the first build says what could not be fetched, and ends with 1', () => {
  const out = ownCache(Object.keys(built.stages))
  const { status, err } = downbeat(['build'], {
    out,
    around: ['bash', machine, '--no-network', ...nested('exec "$@"')],
  })
  expect(status).toBe(1)
  expect(err).toContain('✖ toolbox: exit status 1\n')
  expect(err).toMatch(/ {2}\| .*(resolv|connect|unreachable|Failed to fetch)/i)
  expect(err).toContain('is the network there? (DOWNBEAT_MIRROR names another mirror)')
  expect(err).toMatch(/everything it printed: .*\.log/)
  expect(err).not.toMatch(/\n {4}at /)
})

test('with 1 GB of free disk it stops before the first stage, and ends with 3', () => {
  const out = ownCache(Object.keys(built.stages))
  const script = `mount -t tmpfs -o size=1g small ${out} && DOWNBEAT_NODE=${process.execPath} exec "$@"`
  const { status, err } = downbeat(['build'], { out, around: ['bash', machine, ...nested(script)] })
  expect(status).toBe(3)
  expect(err).toMatch(
    /✖ the disk of .* is full: 1\.0 GiB free, 4 GiB needed\n {2}to mend it: make room there/,
  )
})

test('a disk that fills up half-way ends with 3, and with room the same command goes on', () => {
  const out = ownCache(['rootfs', 'tools', 'image', 'verify', 'boot', 'sound'])
  const small = mkdtempSync(join(tmpdir(), 'downbeat-faults-'))
  removeLater(small)
  // Room for what is there and 150 MB: too little for the root of the image.
  const script = `size=$(($(du -sm ${out} | cut -f1) + 150))
    mount -t tmpfs -o size=\${size}m small ${small} && cp -a ${out}/. ${small}
    DOWNBEAT_SPARE_GIB=0.01 "$@"; echo "first: $?" >&2
    mount -o remount,size=8g ${small}; "$@"; echo "second: $?" >&2
    cat ${small}/images/downbeat/build.json >${out}/build.json`
  const { err } = downbeat(['build', '--quiet'], {
    out: small,
    around: ['bash', machine, ...nested(script)],
  })
  expect(err).toMatch(/✖ the disk of .* is full/)
  expect(err).toContain('first: 3')
  expect(err).toContain('second: 0')
  expect(
    (JSON.parse(readFileSync(join(out, 'build.json'), 'utf8')) as typeof built).files[
      'downbeat.img'
    ]!.sha256,
  ).toBe(whole)
})

test('where user namespaces are forbidden it says which setting to change, and ends with 3', () => {
  const out = ownCache(Object.keys(built.stages))
  const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
  const { status, err } = downbeat(['build'], { out, around: ['bash', machine, ...nested(script)] })
  expect(status).toBe(3)
  expect(err).toMatch(/✖ user namespaces: not allowed here .*\n {2}to mend it: sudo sysctl -w /)
})
