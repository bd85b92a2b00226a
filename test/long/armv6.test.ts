import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { root } from '../downbeat.ts'
import { jackRunsOn } from '../image/jack-tests.ts'
import { releaseMirror } from '../image/mirror.ts'
import { settingsRunOn } from '../image/settings-tests.ts'

// What is added to Raspberry Pi OS of 32 bit for the first boards, run on their processor by
// qemu-user, with a C library that stands in for theirs.
const plan = async (): Promise<Plan> =>
  resolve(openCatalogue(root), join(root, 'image.yaml'), ['base=raspios-lite-armhf', 'board=pi0'], {
    mirror: await releaseMirror(),
  })
jackRunsOn('armhf', 'ARM', plan)
settingsRunOn('armhf', 'ARM', plan)
