import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copiedOf, requestsFor } from '../../stages/verify/copied.ts'
import { temporaryFolder, write } from './fixtures.ts'

test('each file that a proof asks for is copied once, and not by itself where its folder is', () => {
  const asked = ['/etc/ssh/sshd_config', '/etc/default/jackd', '/etc/fstab', '/etc/sshguard']
  const { folders, requests } = requestsFor([...asked, ...asked], ['/boot'])
  const lines = requests.split('\n').slice(0, -1)
  expect(new Set(lines).size).toBe(lines.length)
  expect(lines).toEqual(
    expect.arrayContaining([
      'rdump /etc/ssh root/etc',
      'rdump /boot root/',
      'rdump /etc/default/jackd root/etc/default',
      'rdump /etc/fstab root/etc',
      'rdump /etc/sshguard root/etc',
    ]),
  )
  expect(requests).not.toContain('sshd_config')
  for (const line of lines) expect(folders).toContain(line.split(' ')[2])
  // debugfs wants to make a folder that it copies itself
  for (const line of lines.slice(0, 3)) expect(folders).not.toContain(`root${line.split(' ')[1]}`)
})

test('a link to what was not copied does not pass for a file that is not there', () => {
  const root = temporaryFolder()
  write(root, { 'etc/file': 'text' })
  mkdirSync(join(root, 'etc/folder'))
  symlinkSync('/usr/lib/file', join(root, 'etc/away'))
  symlinkSync('file', join(root, 'etc/near'))
  expect(copiedOf(root, '/etc/file')).toBe(join(root, 'etc/file'))
  expect(copiedOf(root, '/etc/folder')).toBe(join(root, 'etc/folder'))
  expect(copiedOf(root, '/etc/near')).toBe(join(root, 'etc/file'))
  expect(copiedOf(root, '/etc/none')).toBe(join(root, 'etc/none'))
  expect(() => copiedOf(root, '/etc/away')).toThrow('/etc/away is a link')
})
