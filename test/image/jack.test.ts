import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { cacheFolder, runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { jack } from '../../stages/jack.ts'
import { guitarixComesBeside, jackRunsOn } from './jack-tests.ts'

type JackSource = Plan['jack']['sources'][number]
const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))

jackRunsOn('arm64', 'AArch64')

describe('what the packages are made of', () => {
  /** What is said of a build of the packages from sources in which something is different. */
  const said = async (change: (source: JackSource) => Partial<JackSource>): Promise<string> => {
    const sources = plan.jack.sources.map((source) => ({ ...source, ...change(source) }))
    return await runStages({ ...plan, jack: { ...plan.jack, sources } }, [jack], {
      quiet: true,
    }).then(
      () => 'nothing was said',
      (error: unknown) => (error instanceof UserError ? error.message : String(error)),
    )
  }

  test('a patch that no longer applies is named, with the hunk and the file', async () => {
    const spoiled = await said(({ id, patches }) => ({
      patches:
        id === 'jackd1'
          ? patches.map((patch) => ({
              ...patch,
              text: patch.text.replace('-\t\tjack_client_delete', '-\t\tjack_client_free'),
            }))
          : patches,
    }))
    expect(spoiled).toMatch(
      /^packages\/jackd1\/debian\/patches\/failing-slave-driver\.patch: hunk 2 does not fit jackd\/engine\.c at line \d+; the source has changed there: make the patch anew$/,
    )
  })

  test('a tarball with another hash than the one that is known is refused, and the good one is kept', async () => {
    const wrong = '0'.repeat(64)
    const refused = await said(({ orig }) => ({ orig: { ...orig, sha256: wrong } }))
    const [{ orig }] = plan.jack.sources as [JackSource]
    expect(refused).toBe(
      `packages/jackd1.yaml: orig.sha256: expected ${wrong}, but the archive's ${basename(orig.path)} has ${orig.sha256}`,
    )
    const kept = readFileSync(join(cacheFolder(), 'kept/sources', basename(orig.path)))
    expect(createHash('sha256').update(kept).digest('hex')).toBe(orig.sha256)
  })

  test('a tarball that the archive does not have is named, with what to do', async () => {
    const missing = await said(({ orig }) => ({
      orig: { ...orig, path: 'pool/main/j/jackd2/nothing.orig.tar.gz' },
    }))
    expect(missing).toMatch(
      /^packages\/jackd1\.yaml: orig\.path: cannot fetch pool\/main\/j\/jackd2\/nothing\.orig\.tar\.gz: /,
    )
  })
})

guitarixComesBeside('jack2', 'jackd2', 'libjack-jackd2-0')
