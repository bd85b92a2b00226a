import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { disk, offsetOf } from '../lib/common/disk/layout.ts'
import { messageOf } from '../lib/common/words/errors.ts'
import { fatFolder } from '../lib/prove/firmware/fat-files.ts'
import { checkFirmwareFiles, firmwareBoot } from '../lib/prove/firmware/firmware.ts'
import { configLine, readKernel } from '../lib/prove/proof/kernel-config.ts'
import type { Kernel } from '../lib/prove/proof/kernel-config.ts'
import type { DiskPlan, PlannedBoard } from '../lib/plan/plan.ts'
import {
  accepts,
  titleOf,
  expectation,
  normalConfig,
  proofsOf,
  question,
} from '../lib/plan/proofs/proof.ts'
import { within } from '../lib/common/files/within.ts'
import type { ProofResult } from '../lib/plan/proofs/proof.ts'
import { demand } from '../lib/prove/proof/demand.ts'
import type { ProofData } from '../lib/plan/schema/tuning.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { image } from './image.ts'
import { toolbox } from './toolbox.ts'
import { added } from './verify/added.ts'
import { copiedOf, requestsFor } from './verify/copied.ts'
import { drivers } from './verify/drivers.ts'

/**
 * What of the image is copied out of it to be looked at: all of the FAT partition, and of the root
 * what proofs name. The links in it are the image's: they are followed in it, and not on this
 * machine.
 */
interface Copied {
  fat: string
  root: string
  config: string
}

/** The static proofs: what can be seen in the finished image without booting it. */
export const verify = defineStage({
  name: 'verify',
  about: 'Prove on the finished image what can be seen without booting it',
  source: import.meta.url,
  needs: { toolbox, image },
  outputs: { results: 'proofs.json' },
  given: ({ tunings, boards, added: programs, driverless, overlays, image: own }) => ({
    tunings,
    programs,
    boards,
    ids: own.disk,
    kernel_file_name: own.kernel_file_name,
    ...(driverless === undefined ? {} : { devices: { driverless, tried: overlays?.tried ?? [] } }),
  }),
  async run({ given, from, out, work, $ }) {
    const img = from.image.disk
    const proofs = proofsOf(given.tunings)
    const files = proofs.flatMap(({ proof }) =>
      'file' in proof && !proof.file.startsWith('/boot/firmware/') ? [proof.file] : [],
    )
    const at = `${img}@@${offsetOf(disk.boot)}`
    const fs = `${img}?offset=${offsetOf(disk.root)}`
    const kernelName = given.kernel_file_name
    let kernel: Kernel | undefined
    const readBoot = async (): Promise<void> => {
      await $`mkdir fat
        MTOOLS_SKIP_CHECK=1 mcopy -s -n -i ${at} '::*' fat
        sfdisk --json ${img} >table.json`
      if (kernelName !== undefined) kernel = readKernel(readFileSync(join(work, 'fat', kernelName)))
    }
    const readRoot = (): Promise<void> => {
      const { folders, requests } = requestsFor(files, kernelName === undefined ? ['/boot'] : [])
      writeFileSync(`${work}/requests`, requests)
      return $`e2fsck -fn ${fs}
        mkdir -p ${folders}
        debugfs -f requests ${fs} >debugfs.log 2>&1 # a file that is not there is what a proof asks
        chmod -R u+rwX root`
    }
    for (const read of await Promise.allSettled([readBoot(), readRoot()]))
      if (read.status === 'rejected') throw read.reason
    const { partitiontable } = JSON.parse(readFileSync(`${work}/table.json`, 'utf8')) as {
      partitiontable: { id: string; partitions: { start: number; type: string }[] }
    }
    const copied: Copied = {
      fat: `${work}/fat`,
      root: `${work}/root`,
      config: kernel?.config ?? packagedConfig(`${work}/root`),
    }

    const results: ProofResult[] = [
      ...layout(partitiontable, given.ids, copied),
      ...given.boards.flatMap((board) => bootFiles(board, copied)),
      ...(given.programs ? [await added($, given.programs, fs, work)] : []),
      ...(given.devices && kernel
        ? await drivers($, { ...given, ...given.devices }, { fat: copied.fat, kernel, fs }, work)
        : []),
    ]
    for (const { tuning, proof } of proofs) {
      const seen = look(proof, copied)
      if (seen === undefined) continue
      results.push({
        tuning: tuning.id,
        proof: titleOf(proof),
        where: 'image',
        expected: expectation(proof),
        ...seen,
      })
    }
    writeFileSync(out.results, `${JSON.stringify(results, null, 2)}\n`)
    demand(results)
  },
})

/** How the kernel of a package was built, as the package itself says beside it. */
function packagedConfig(root: string): string {
  const files = readdirSync(within(root, '/boot')).filter((name) => name.startsWith('config-'))
  if (files.length !== 1)
    throw new Error(`expected one file /boot/config-…, got ${files.join(', ') || 'none'}`)
  return readFileSync(within(root, `/boot/${files[0]!}`), 'utf8')
}

/** The partition table is as planned, and everything that names a partition names these. */
function layout(
  table: { id: string; partitions: { start: number; type: string }[] },
  { signature, root_device, fstab_root, boot_device }: DiskPlan,
  { fat, root }: Copied,
): ProofResult[] {
  const check = (proof: string, expected: string, seen: string): ProofResult => ({
    tuning: 'disk',
    proof,
    where: 'image',
    passed: expected === seen,
    expected,
    seen,
  })
  const shown = table.partitions.map(({ start, type }) => `${start} ${type}`).join(', ')
  const fstab = readFileSync(within(root, '/etc/fstab'), 'utf8')
  const mounted = (folder: string): string =>
    fstab
      .split('\n')
      .find((line) => line.split(' ')[1] === folder)
      ?.split(' ')[0] ?? 'nothing'
  return [
    check(
      'partition table',
      `0x${signature}: ${disk.boot.start} c, ${disk.root.start} 83`,
      `${table.id}: ${shown}`,
    ),
    check(
      'cmdline.txt names the root partition',
      root_device,
      /\broot=(\S+)/.exec(readFileSync(join(fat, 'cmdline.txt'), 'utf8'))?.[1] ?? 'nothing',
    ),
    check('fstab names the root partition', fstab_root, mounted('/')),
    check('fstab names the boot partition', boot_device, mounted('/boot/firmware')),
    check(
      'no password for any account',
      '',
      readFileSync(within(root, '/etc/shadow'), 'utf8')
        .split('\n')
        .filter((line) => /^[^:]*:[^*!:]/.test(line))
        .join(', '),
    ),
    check(
      'no identity: machine-id is empty',
      '',
      readFileSync(within(root, '/etc/machine-id'), 'utf8'),
    ),
    check(
      'no identity: no SSH host key',
      '',
      readdirSync(within(root, '/etc/ssh'))
        .filter((name) => name.startsWith('ssh_host'))
        .join(', '),
    ),
  ]
}

/**
 * For every board the firmware finds its own files, the kernel, the device tree and the overlays.
 */
function bootFiles(board: PlannedBoard, { fat }: Copied): ProofResult[] {
  const files = fatFolder(fat)
  const result = (proof: string, passed: boolean, seen: string): ProofResult => ({
    tuning: 'disk',
    proof,
    where: 'image',
    passed,
    expected: 'found',
    seen,
  })
  const own = checkFirmwareFiles(files, board).map(({ path, present }) =>
    result(`${board.name} has its firmware file ${path}`, present, present ? 'found' : 'missing'),
  )
  try {
    const boot = firmwareBoot(files, board)
    return [
      ...own,
      result(
        `${board.name} finds kernel, device tree and overlays`,
        boot.warnings.length === 0,
        boot.warnings.join('; ') || `${boot.kernel}, ${boot.deviceTree}`,
      ),
    ]
  } catch (error) {
    return [
      ...own,
      result(`${board.name} finds kernel, device tree and overlays`, false, messageOf(error)),
    ]
  }
}

/** A proof tried on the copied files; undefined where only a running system can tell. */
function look(
  proof: ProofData,
  { fat, root, config }: Copied,
): { passed: boolean; seen: string } | undefined {
  if ('config' in proof) {
    const seen = configLine(config, proof.config)
    return { passed: seen === normalConfig(proof.config), seen }
  }
  if ('file' in proof) {
    const path = proof.file.startsWith('/boot/firmware/')
      ? join(fat, proof.file.slice('/boot/firmware/'.length))
      : copiedOf(root, proof.file)
    const text = existsSync(path)
      ? lstatSync(path).isDirectory()
        ? readdirSync(path).join('\n')
        : readFileSync(path, 'utf8')
      : undefined
    return { passed: accepts(question(proof).verdict, text), seen: text ?? 'no such file' }
  }
  if ('package' in proof) {
    const status = readFileSync(within(root, '/var/lib/dpkg/status'), 'utf8')
    const installed = status
      .split('\n\n')
      .some(
        (one) =>
          one.startsWith(`Package: ${proof.package}\n`) &&
          one.includes('\nStatus: install ok installed'),
      )
    const seen = installed ? 'installed' : 'absent'
    return { passed: seen === proof.is, seen }
  }
  if ('unit' in proof && proof.is !== 'active') {
    const seen = unitState(join(root, 'etc/systemd/system'), proof.unit)
    return { passed: seen === proof.is, seen }
  }
  return undefined
}

function unitState(dir: string, unit: string): string {
  const link = lstatSync(join(dir, unit), { throwIfNoEntry: false })
  if (link?.isSymbolicLink() === true && readlinkSync(join(dir, unit)) === '/dev/null')
    return 'masked'
  const wanted = readdirSync(dir).some(
    (name) =>
      /\.(wants|requires)$/.test(name) &&
      lstatSync(join(dir, name, unit), { throwIfNoEntry: false }) !== undefined,
  )
  return wanted ? 'enabled' : 'disabled'
}
