import { afterEach, expect, test } from 'vitest'
import { builtRecord, downbeat } from '../downbeat.ts'
import { entries, ownCache, removeCaches } from './own-cache.ts'

// Packages that cannot be had, or bring in what is kept out: said before anything is made.

const built = builtRecord()
afterEach(removeCaches)

test('all that is wrong with the packages is said at once, before anything is compiled or unpacked', () => {
  const out = ownCache(Object.keys(built.stages).filter((name) => name !== 'toolbox'))
  const { status, err } = downbeat(['build', '--set', 'packages=[puredata, avahi-daemon, naano]'], {
    out,
  })
  expect(status).toBe(2)
  const place = '--set packages=[puredata, avahi-daemon, naano] packages: '
  const lets = (...tunings: string[]): string =>
    tunings.map((id) => `--set tunings.${id}=off`).join(' ')
  for (const line of [
    `${place}there is no package naano in trixie (did you mean "nano"?)`,
    `${place}puredata brings in python3 and python3-minimal (by way of puredata-gui), which the tuning no-python keeps out; ${lets('no-python')} allows it`,
    `${place}avahi-daemon brings in dbus-daemon (by way of dbus), which the tuning no-dbus keeps out; ${lets('no-dbus')} allows it`,
    `${place}the tuning no-session-daemons keeps avahi-daemon out of the image; ${lets('no-session-daemons')} allows it`,
    `all of it is allowed by: ${lets('no-dbus', 'no-python', 'no-session-daemons')}`,
  ])
    expect(err).toContain(line)
  for (const stage of ['kernel', 'jack', 'rootfs', 'firmware'])
    expect(entries(out, stage), stage).toEqual([])
})

test('what the refusal advises leads to no other refusal', () => {
  const out = ownCache(Object.keys(built.stages).filter((name) => name !== 'toolbox'))
  const allowed = ['no-dbus', 'no-python', 'no-session-daemons'].flatMap((id) => [
    '--set',
    `tunings.${id}=off`,
  ])
  const { status, err } = downbeat(
    ['build', '--until', 'packages', '--set', 'packages=[puredata, avahi-daemon]', ...allowed],
    { out },
  )
  expect(err).toContain('✔ packages: made')
  expect(status).toBe(0)
})
