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

test('what nobody has foreseen stays what it is', () => {
  const fault = new TypeError('undefined is not a function')
  expect(systemError(fault)).toBe(fault)
  try {
    readdirSync('/nowhere')
  } catch (error) {
    expect(systemError(error)).toBe(error)
  }
})
