import type { Booted } from '../../lib/prove/emulator/emulator.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'

/** What of RP1 has to be driven, and where sysfs shows that it is. */
const DRIVEN: readonly [what: string, path: string][] = [
  ['the chip', '/sys/bus/pci/drivers/*rp1*/0000:*'],
  ['its clocks', '/sys/bus/platform/drivers/*rp1-clk/*.clocks'],
  ['its pins', '/sys/bus/platform/drivers/*rp1*/*.pinctrl'],
  ['its I2C', '/sys/bus/platform/drivers/i2c_designware/*.i2c'],
]

/** Whether the kernel drives what stands in for RP1. */
export async function driven({ console }: Booted, where: string): Promise<ProofResult[]> {
  const results: ProofResult[] = []
  for (const [what, path] of DRIVEN) {
    const { text, status } = await console.run(`ls -d ${path}`)
    results.push({
      tuning: 'rp1',
      proof: `${what} has a driver`,
      where,
      expected: path,
      seen: text,
      passed: status === 0,
    })
  }
  return results
}
