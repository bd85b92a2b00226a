// What the commands of every stage find around them. It decides bytes of results: this folder is
// part of every key.

/** Nothing of the caller's environment reaches a command: it could change a byte. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC0',
  HOME: '/root',
}

/** The first line of every script. */
export const PRELUDE = 'set -euo pipefail; umask 022\n'

/**
 * 2026-01-01, in seconds: the time for programs that ask, in stages whose results have no time of
 * their own.
 */
export const SOME_DAY = 1_767_225_600
