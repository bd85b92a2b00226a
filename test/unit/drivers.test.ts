import { expect, test } from 'vitest'
import { readTree, writeTree } from '../../lib/prove/firmware/device-tree.ts'
import type { TreeNode } from '../../lib/prove/firmware/device-tree.ts'
import { devicesOf, driversOf, judgeDevices } from '../../lib/prove/proof/drivers.ts'
import { planOf, refusalOf } from './fixtures.ts'

const text = (...words: string[]): Buffer => Buffer.from(words.map((word) => `${word}\0`).join(''))
const node = (name: string, compatible: string[], ...children: TreeNode[]): TreeNode => ({
  name,
  properties: new Map(compatible.length > 0 ? [['compatible', text(...compatible)]] : []),
  children,
})
const set = (tree: TreeNode, status: string): TreeNode => ({
  ...tree,
  properties: new Map([...tree.properties, ['status', text(status)]]),
})
const device = (...compatible: string[]) => ({ path: `/${compatible[0]!}`, compatible })

/** A kernel in which drivers that are built in have a struct of_device_id for these. */
const kernel = (...compatible: string[]) => ({
  plain: Buffer.concat([
    Buffer.from('only in a message: acme,named\0'),
    ...compatible.map((name) => {
      const struct = Buffer.alloc(200) // name, type, compatible, a pointer of 64 bits
      struct.write(name, 64)
      struct.writeBigUInt64LE(0xffff_8000_1234_5678n, 192)
      return struct
    }),
  ]),
})
const modules = `# Aliases extracted from modules themselves.
alias of:N*T*Cacme,sound acme_sound
alias of:N*T*Cacme,soundC* acme_sound
alias usb:v0424pEC00d*dc*dsc*dp*ic*isc*ip*in* smsc95xx
`
const none = { alias: '', builtin: '' }

test('the devices of a tree are what is switched on, below what is switched on', () => {
  const root = node(
    '',
    ['acme,board'],
    node('soc', ['simple-bus'], set(node('a@1', ['acme,a', 'acme,older']), 'okay')),
    set(node('off', ['acme,b'], node('below', ['acme,c'])), 'disabled'),
    node('no-device', [], set(node('d', ['acme,d']), 'ok'), set(node('e', ['acme,e']), 'fail')),
  )
  expect(devicesOf(readTree(writeTree(root)))).toEqual([
    { path: '/soc', compatible: ['simple-bus'] },
    { path: '/soc/a@1', compatible: ['acme,a', 'acme,older'] },
    { path: '/no-device/d', compatible: ['acme,d'] },
  ])
})

test('a driver is in a module, or built in: by a list beside the modules, or by its struct in the kernel', () => {
  const driver = driversOf(kernel('acme,timer', 'acme,clock'), {
    alias: modules,
    builtin: 'rp1_pci.alias=pci:v00001DE4d00000001sv*sd*bc*sc*i*\0acme.alias=of:N*T*Cacme,pins\0',
  })
  expect(
    ['acme,sound', 'acme,timer', 'acme,clock', 'acme,pins', 'pci1de4,1', 'usb424,ec00'].map(driver),
  ).toEqual(['module', 'built in', 'built in', 'built in', 'built in', 'module'])
})

test('the name of a driver is its whole name, and one that the kernel only says is none', () => {
  const driver = driversOf(kernel('acme,timer'), { ...none, alias: modules })
  for (const other of [
    'acme,soun',
    'acme,sound2',
    'acme.sound',
    'acme,time',
    'timer',
    'acme,named',
  ])
    expect(driver(other), other).toBeUndefined()
  for (const other of ['pci1de4,2', 'usb424,ec01', 'usb424,ec0'])
    expect(driver(other)).toBeUndefined()
})

const listed = [
  { compatible: 'acme,screen acme,picture', why: 'nobody looks' },
  { compatible: 'simple-mfd', why: 'no device' },
  { compatible: 'acme,port acme,cell', option: 'CONFIG_ACME=y', why: 'known by a number' },
]
const judged = (config: string, ...devices: ReturnType<typeof device>[]) =>
  judgeDevices(devices, driversOf(kernel('acme,timer', 'simple-mfd'), none), config, listed)

test('each device has a driver, or a reason to have none', () => {
  expect(
    judged(
      'CONFIG_ACME=y',
      device('acme,timer-2', 'acme,timer'),
      device('acme,screen'),
      device('acme,port', 'acme,cell'),
      device('simple-mfd'),
    ),
  ).toEqual({
    counts: { module: 0, 'built in': 1, 'found otherwise': 1, without: 2 },
    lacking: [],
  })
})

test('a device without either is named, with all its names', () => {
  expect(judged('', device('acme,new', 'acme,older')).lacking).toEqual([
    '/acme,new (acme,new, acme,older)',
  ])
})

test('a reason for one name is none for the other, and what is on a device is not its driver', () => {
  expect(judged('', device('acme,screen', 'acme,touch')).lacking).toHaveLength(1)
  expect(judged('', device('acme,chip', 'simple-mfd')).lacking).toHaveLength(1)
})

test('a driver that is found in another way is there by its option', () => {
  for (const config of ['', '# CONFIG_ACME is not set', 'CONFIG_ACME=m'])
    expect(judged(config, device('acme,port', 'acme,cell')).lacking).toEqual([
      '/acme,port (acme,port, acme,cell) wants CONFIG_ACME=y',
    ])
})

test('drivers are looked for in a kernel that is built here from fragments', () => {
  expect(planOf().driverless?.length).toBeGreaterThan(0)
  const pi5 = ['board=pi5', 'soundcard=usb']
  expect(planOf({}, [...pi5, 'kernel.source=backports']).driverless).toBeDefined()
  expect(planOf({}, [...pi5, 'kernel.source=raspberrypi']).driverless).toBeUndefined()
  expect(planOf({}, ['kernel.source=packaged']).driverless).toBeUndefined()
})

test('a device has one reason', () => {
  const names = planOf().driverless!.flatMap(({ compatible }) => compatible.split(' '))
  expect(names).toHaveLength(new Set(names).size)
})

test('a reason that is none, or for a chip that there is not, is refused with its place', () => {
  const edit = (from: string, to: string) =>
    refusalOf({ 'driverless.yaml': (before) => before.replace(from, to) })
  expect(edit('option: CONFIG_SERIAL_AMBA_PL011=y', 'option: SERIAL')).toMatch(
    /^driverless\.yaml:\d+:\d+ driverless\.\d+\.option: expected an option of the kernel/,
  )
  expect(edit('compatible: arm,pl011 arm,primecell', 'compatible: [arm,pl011]')).toMatch(
    /^driverless\.yaml:\d+:\d+ driverless\.\d+\.compatible: /,
  )
  expect(edit('socs: [bcm2711]', 'socs: [bcm2710]')).toMatch(/^driverless\.yaml:\d+:\d+ .*bcm2711/)
})
