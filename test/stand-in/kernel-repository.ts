import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { KernelPlan } from '../../lib/plan/plan.ts'

/** A git repository of the shape of Raspberry Pi's kernel tree, and a server for it. */
export interface KernelRepository {
  url: string
  /** the commit to build, and one before it */
  commit: string
  older: string
  serve(): Promise<void>
  stop(): Promise<void>
  remove(): Promise<void>
}

/**
 * What `make` of the kernel is asked for here, without a compiler: the configuration is what came
 * of defconfig and fragments.
 */
const makefile = `release := 6.12.75-v8-rt-downbeat
.PHONY: kernelversion olddefconfig Image.gz modules dtbs modules_install
kernelversion:
	@echo 6.12.75
%_defconfig:
	@cp arch/arm64/configs/$@ .config
olddefconfig:
	@awk '{ name = $$1 == "#" ? $$2 : $$1; sub(/=.*/, "", name) } /CONFIG_/ { last[name] = $$0 } END { for (n in last) print last[n] }' .config | \\
	  sed 's/^\\(CONFIG_[A-Za-z0-9_]*\\)=n$$/# \\1 is not set/' | LC_ALL=C sort >.config.new && mv .config.new .config
Image.gz:
	@mkdir -p include/config arch/arm64/boot && echo $(release) >include/config/kernel.release && sha256sum <.config >arch/arm64/boot/Image.gz
modules:
	@:
dtbs:
	@mkdir -p arch/arm64/boot/dts/broadcom arch/arm64/boot/dts/overlays
	@for board in 2710-rpi-3-b 2711-rpi-4-b 2712-rpi-5-b; do echo $$board >arch/arm64/boot/dts/broadcom/bcm$$board.dtb; done
	@for file in hifiberry-dac.dtbo overlay_map.dtb README; do echo $$file >arch/arm64/boot/dts/overlays/$$file; done
modules_install:
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/$(release) && echo module >$(INSTALL_MOD_PATH)/lib/modules/$(release)/modules.dep
`

/**
 * The files that a patch of one hunk a file changes, with nothing in them but what it wants to
 * find.
 */
function changedBy(patch: string): Record<string, string> {
  const parts = patch.split(/^--- a\//m).slice(1)
  const before = (part: string): string[] =>
    part.split('\n').flatMap((line) => (/^[ -]/.test(line) ? [`${line.slice(1)}\n`] : []))
  return Object.fromEntries(
    parts.map((part) => [part.slice(0, part.indexOf('\n')), before(part).join('')]),
  )
}

/** Makes it so that it knows every option that this plan asks for, and its patches fit. */
export function kernelRepository({
  fragments,
  options,
  build,
  patches,
}: KernelPlan): KernelRepository {
  const home = mkdtempSync(join(tmpdir(), 'downbeat-git-'))
  const tree = join(home, 'linux')
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', tree, ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'stand-in',
        GIT_AUTHOR_EMAIL: 'stand-in@invalid',
        GIT_COMMITTER_NAME: 'stand-in',
        GIT_COMMITTER_EMAIL: 'stand-in@invalid',
      },
    }).trim()
  const commit = (files: Record<string, string>): string => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
    git('add', '--all')
    git('commit', '--quiet', '--message', 'stand-in')
    return git('rev-parse', 'HEAD')
  }
  mkdirSync(tree)
  git('init', '--quiet')
  const asked = [...fragments, ...options].flatMap(({ text }) => text.match(/\bCONFIG_\w+/g) ?? [])
  const kconfig = [...new Set(asked)]
    .map((name) => `config ${name.slice('CONFIG_'.length)}\n\tbool "x"\n`)
    .join('')
  const older = commit({ Makefile: 'kernelversion:\n\t@echo 6.1.1\n' })
  const newest = commit({
    Makefile: makefile,
    Kconfig: kconfig,
    ...Object.assign({}, ...patches.map(({ text }) => changedBy(text))),
    [`arch/arm64/configs/${build.defconfig}`]:
      'CONFIG_PREEMPT_RT=y\nCONFIG_CPU_FREQ=y\nCONFIG_OF_ITS_OWN=y\n',
  })
  let daemon: ReturnType<typeof spawn> | undefined
  const port = freePort()
  const repository: KernelRepository = {
    url: '',
    commit: newest,
    older,
    async serve() {
      const number = await port
      repository.url = `git://127.0.0.1:${number}/linux`
      const args = [
        'daemon',
        '--verbose',
        '--listen=127.0.0.1',
        `--port=${number}`,
        `--base-path=${home}`,
        '--export-all',
        '--reuseaddr',
        home,
      ]
      const child = spawn('git', args, { stdio: ['ignore', 'ignore', 'pipe'] })
      daemon = child
      await new Promise<void>((done, fail) => {
        let said = ''
        child.stderr.on(
          'data',
          (text: Buffer) => (said += text.toString()).includes('Ready to rumble') && done(),
        )
        child.once('exit', () => fail(new Error(`git daemon: ${said}`)))
      })
    },
    async stop() {
      if (daemon === undefined) return
      const ended = new Promise((done) => daemon!.once('exit', done))
      daemon.kill()
      await ended
      daemon = undefined
    },
    async remove() {
      await repository.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
  return repository
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
