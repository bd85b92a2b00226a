import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { download } from '../lib/engine/fetch/download.ts'
import { sha256 } from '../lib/common/files/sha256.ts'
import { progressInWords } from '../lib/common/words/meter.ts'
import { UserError } from '../lib/common/words/errors.ts'
import { fetchOrKept } from '../lib/engine/fetch/kept.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { toolbox } from './toolbox.ts'

/** Bytes that a signature or a key has at most. */
const SMALL = 100_000

/**
 * With less free than this the disk is what is wrong, whatever seems to be: of what a program could
 * not write it says odd things.
 */
const FULL = 50e6

/**
 * Waits for a command; where it has written down what is wrong with the image, that is the error,
 * unless the disk is full.
 */
async function refused(
  command: Promise<void>,
  work: string,
  why: string,
  name?: string,
): Promise<void> {
  await command.catch((error: unknown) => {
    const { bavail, bsize } = statfsSync(work)
    // of a full disk the engine knows what to say
    if (bavail * bsize < FULL || !existsSync(join(work, why))) throw error
    const words = readFileSync(join(work, why), 'utf8').trim()
    throw new UserError(name === undefined ? words : `${name}: ${words}`)
  })
}

/**
 * A published image, taken apart: its root file system as a tar, with the files of its boot
 * partition where it is mounted.
 */
export const base = defineStage({
  name: 'base',
  about: 'Fetch the published image that this one starts from, verify it, and take its files',
  source: import.meta.url,
  needs: { toolbox },
  outputs: { tree: 'tree.tar', facts: 'facts' },
  // a file of this machine
  personal: ({ base: image }) => image?.url.startsWith('file:') === true,
  given: (plan) => plan.base,
  keeps: ['downloads'],
  async run({ given, out, work, own, kept, settings, progress, signal, $ }) {
    const name = given.url.startsWith('file:') ? fileURLToPath(given.url) : given.url
    const network = { ...settings.network, signal, onLine: progress }
    const found = await download(given, {
      ...network,
      folder: kept.downloads,
      onProgress: (so_far) => progress(`fetching it: ${progressInWords(so_far)}`),
    })
    // A file of the user's own is somewhere that the toolbox does not see.
    const file = found.startsWith(`${kept.downloads}/`) ? found : `${work}/fetched`
    if (file !== found) {
      copyFileSync(found, file, constants.COPYFILE_FICLONE)
      // What is used is the copy: somebody may have changed the file since it was looked at.
      if ((await sha256(file)) !== given.sha256)
        throw new UserError(`${name}: was changed while it was copied; run the same command again`)
    }
    if (given.signature) {
      const { url, key, fingerprint } = given.signature
      progress('checking who has signed it')
      const beside = (what: string) => ({
        ...network,
        limit: SMALL,
        path: `${kept.downloads}/${what}`,
      })
      const signed = await fetchOrKept(url, beside(`${given.sha256}.signature`))
      const known = await fetchOrKept(key, beside(`${fingerprint}.key`))
      writeFileSync(`${work}/signature`, signed.bytes)
      writeFileSync(`${work}/key`, known.bytes)
      await refused(
        $`bash ${own}/check-signature.sh ${file} ${work}/signature ${work}/key ${fingerprint}`,
        work,
        'why',
        name,
      )
      signed.keep()
      known.keep()
    }
    progress('unpacking it')
    const unpacking = $`export NAME=${name} IMAGE=${file} RAW_SHA256=${given.unpacked_sha256 ?? ''} WORK=${work}/image OUT=${work}/result LIMIT=${given.max_bytes} LIMIT_SETTING=${'--set base_max_gib=…'}
      bash ${own}/unpack.sh
      mv ${work}/result/tree.tar ${out.tree}
      mv ${work}/result/facts ${out.facts}`
    await refused(unpacking, work, 'image/why')
    const facts = readFileSync(out.facts, 'utf8')
    const [suite, arch] = ['os_codename', 'arch'].map(
      (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(facts)?.[1],
    )
    if (suite !== given.suite || arch !== given.arch)
      throw new UserError(
        `base: ${name} is ${suite} for ${arch}, but the chosen base is ${given.suite} for ${given.arch}`,
      )
  },
})
