import type { TextFile } from '../../common/files/text-files.ts'
import { sortedUnique, uniqueBy } from '../../common/unique.ts'
import type { Settled } from '../choices/settle.ts'
import type { OwnContent } from '../own/folder.ts'
import type { ImagePlan, KernelPlan, SourcedLine } from '../plan.ts'
import type { TuningsInForce } from '../tunings/in-force.ts'

/** What the disk image is made of, beside the results of other stages. */
export function planImage(
  { choices, base: { id, data: base }, kernel, boards }: Settled,
  { lines, templates }: TuningsInForce,
  built: KernelPlan | undefined,
  own: OwnContent | undefined,
): Omit<ImagePlan, 'name' | 'disk'> {
  const { user, root_mb } = choices.value
  const unfit = kernel.data.config_txt_without.map((text) => ({ text, by: `kernel/${kernel.id}` }))
  return {
    epoch: Date.parse(base.epoch) / 1000,
    firmware: firmwareFiles(boards),
    ...(built ? { kernel_file_name: kernel.build.file_name } : {}),
    ...('initramfs' in kernel.build && kernel.build.initramfs !== undefined
      ? { kernel_of_package: true as const }
      : {}),
    user,
    mask: [
      ...base.mask.map((text) => ({ text, by: `bases/${id}` })),
      ...lines((tuning) => tuning.change.mask),
    ],
    enable: uniqueBy(
      [
        ...ownUnits(templates),
        ...base.enable.map((text) => ({ text, by: `bases/${id}` })),
        ...lines((tuning) => tuning.change.enable),
      ],
      ({ text }) => text,
    ),
    ...(base.kind === 'image'
      ? {
          boot_of_base: {
            remove: [...(built ? base.kernel_files : []), ...base.boot_remove],
            unfit,
          },
        }
      : {}),
    ...(root_mb === undefined ? {} : { root_mb }),
    ...(own === undefined || own.hooks.length === 0 ? {} : { hooks: own.hooks }),
  }
}

/** The files that the boards load before the kernel. */
export const firmwareFiles = (boards: Settled['boards']): string[] =>
  sortedUnique(boards.flatMap((board) => board.firmware))

/** The units of our own that say what starts them. */
const ownUnits = (templates: readonly TextFile[]): SourcedLine[] =>
  templates.flatMap(({ path, text }) => {
    const unit = /^root\/etc\/systemd\/system\/([^/]+?)(\.hbs)?$/.exec(path)?.[1]
    return unit !== undefined && /^\[Install\]$/m.test(text)
      ? [{ text: unit, by: `templates/${path}` }]
      : []
  })
