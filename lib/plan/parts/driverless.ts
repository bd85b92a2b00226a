import type { Catalogue } from '../catalogue/catalogue.ts'
import type { ChosenKernel } from '../choices/kernel.ts'
import type { Plan } from '../plan.ts'
import { Driverless } from '../schema/driverless.ts'

/**
 * What driverless.yaml says, for a kernel that is compiled here from fragments of ours, with the
 * trees of mainline. Raspberry Pi's own has the drivers of its defconfig.
 */
export function planDriverless(
  catalogue: Catalogue,
  { data }: ChosenKernel,
): Pick<Plan, 'driverless'> {
  if (data.kind === 'packaged' || data.family !== 'mainline') return {}
  return { driverless: catalogue.table('driverless.yaml', Driverless).value.driverless }
}
