import { describe, expect, test } from 'vitest'
import { catalogueAt, filesOf, idsOf, planOf, refusalOf, repository } from './fixtures.ts'

const servers = idsOf('packages').map(
  (id) => catalogueAt(repository).entry('packages', id, 'test').value,
)

describe('the JACK server', () => {
  test('is JACK2 unless the image says otherwise, and each that there is can be had', () => {
    expect(planOf().configure.view.jack.server).toBe('jack2')
    for (const { server, install } of servers) {
      const plan = planOf({}, [`jack.server=${server}`])
      expect(plan.rootfs.packages).toEqual(expect.arrayContaining(install))
      const daemons = new Set(servers.map((one) => one.install[0]!))
      expect(plan.rootfs.packages.filter((name) => daemons.has(name))).toEqual([install[0]])
    }
  })

  test('that cannot say when it is ready is asked, and the other is not', () => {
    const unit = (server: string): string =>
      filesOf(planOf({}, [`jack.server=${server}`])).get('/etc/systemd/system/jackd@.service')!
    for (const { server, says_ready } of servers) {
      expect(unit(server)).toMatch(says_ready ? /^Type=notify$/m : /^Type=exec$/m)
      expect(unit(server).includes('\nExecStartPost=/usr/bin/jack_wait ')).toBe(!says_ready)
    }
  })

  test.each([
    [
      'jack.server=jack3',
      '--set jack.server=jack3 jack.server: expected jack1 or jack2, got "jack3"',
    ],
    [
      'jack.server=[jack1, jack2]',
      /^--set jack\.server=\[jack1, jack2\] jack\.server: expected one server, such as jack1: an image has one/,
    ],
    [
      'packages=[nano, jackd1]',
      '--set packages=[nano, jackd1] packages: jackd1 is of jack1, and the server is jack2: an image has one of them; jack.server says which',
    ],
  ])('cannot be %s', (set, words) => {
    if (typeof words === 'string') expect(refusalOf({}, [set])).toBe(words)
    else expect(refusalOf({}, [set])).toMatch(words)
  })
})

describe('the packages of our own', () => {
  test('are all in every plan, with their patches in the order of the series', () => {
    const { sources } = planOf().jack
    expect(sources.map(({ id }) => id)).toEqual(idsOf('packages'))
    for (const { id, patches, files } of sources) {
      expect(patches.length).toBeGreaterThan(0)
      for (const { path, text } of patches) {
        expect(path).toMatch(new RegExp(`^packages/${id}/debian/patches/.+\\.patch$`))
        // DEP-3, as Debian's tools read it
        expect(text).toMatch(
          /^Description: .+\n( .+\n)+(Origin|Author): .+\nForwarded: .+\nLast-Update: \d{4}-\d\d-\d\d\n---\n--- (a\/|\/dev\/null)/,
        )
      }
      expect(files.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['changelog', 'control', 'copyright', 'rules', 'source/format']),
      )
      expect(files.find(({ path }) => path === 'rules')!.executable).toBe(true)
      expect(files.filter(({ path }) => path.startsWith('patches/'))).toEqual([])
    }
  })

  test('have a version of our own, after all that Debian has of that release', () => {
    for (const { files } of planOf().jack.sources) {
      expect(files.find(({ path }) => path === 'changelog')!.text).toMatch(/^\S+ \(\S+\+rt\d+\) /)
    }
  })

  test('change with their patches, and nothing else of the plan does but the disk id', () => {
    const patch = 'packages/jackd2/debian/patches/xrun-time-has-64-bits.patch'
    const [one, other] = [
      planOf(),
      planOf({ [patch]: (text) => text.replace('the true length', 'the whole length') }),
    ]
    expect(other.jack).not.toEqual(one.jack)
    expect({ ...other.rootfs, ...other.kernel }).toEqual({ ...one.rootfs, ...one.kernel })
    expect(other.image.disk.signature).not.toBe(one.image.disk.signature)
  })

  test('need every patch that the series names', () => {
    expect(
      refusalOf({
        'packages/jackd2/debian/patches/series': 'waf-without-imp.patch\nnobody.patch\n',
      }),
    ).toBe('packages/jackd2/debian/patches/series: there is no nobody.patch beside it')
  })

  test.each([
    [
      (text: string) => text.replace(/sha256: .*/, 'sha256: abc'),
      /^packages\/jackd2\.yaml:\d+:\d+ orig\.sha256: expected a sha256: 64 digits of 0-9 and a-f/,
    ],
    [
      (text: string) => text.replace(/path: .*/, 'path: /etc/passwd'),
      /^packages\/jackd2\.yaml:\d+:\d+ orig\.path: expected the path of a tarball in the Debian archive/,
    ],
  ])('must say what they are made of', (edit, words) => {
    expect(refusalOf({ 'packages/jackd2.yaml': edit })).toMatch(words)
  })
})

test('an image without a sound card cannot be without MIDI, too', () => {
  expect(
    refusalOf({ 'image.yaml': 'board: pi3b\nsoundcard: none\njack: { midi: false }\n' }),
  ).toMatch(/^image\.yaml:3:\d+ jack\.midi: without a sound card MIDI is all there is$/)
})
