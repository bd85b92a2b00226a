import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HostError, systemError } from '../../lib/common/words/errors.ts'

test('a file that somebody may not read is told as that', () => {
  const error = Object.assign(new Error('EACCES: permission denied'), {
    code: 'EACCES',
    path: '/a/disk.img',
    syscall: 'open',
  })
  expect(systemError(error)).toEqual(
    new HostError('/a/disk.img: you may not read or write it (EACCES)', 'ls -ld /a/disk.img'),
  )
})

test('a full disk is told as that, by a path or without one', () => {
  const full = (path?: string): unknown =>
    systemError(Object.assign(new Error(), { code: 'ENOSPC', ...(path ? { path } : {}) }))
  expect(full('/a/build.json')).toMatchObject({ message: 'the disk of /a is full', exitCode: 3 })
  expect(full()).toMatchObject({ message: 'a disk is full', exitCode: 3 })
})

test('what nobody has foreseen stays what it is', () => {
  const fault = new TypeError('undefined is not a function')
  expect(systemError(fault)).toBe(fault)
  try {
    readdirSync('/nowhere')
  } catch (error) {
    expect(systemError(error)).toBe(error)
  }
})
