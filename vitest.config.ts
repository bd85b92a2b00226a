import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

const MINUTE = 60_000

// For what never ends, and for nothing else: many times what the slowest test takes on a slow and
// busy machine. No test has one of its own.
const within = (minutes: number) => ({
  testTimeout: minutes * MINUTE,
  hookTimeout: minutes * MINUTE,
})

/** What takes longest, the longest first: begun last, it would be alone in the end. */
const LONG = [
  'image/card-root',
  'image/raspios',
  'faults/reproducible',
  'faults/faults',
  'faults/raspios',
  'image/second-card',
  'faults/lacking',
  'image/first-boot',
  'image/one-server',
  'image/told',
  'image/unpack',
  'image/release',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

// unit: pure functions and the engine, seconds. golden: every rendered file of every variant,
// seconds. image: a built image and its records. faults: builds that are killed, starved and lied
// to. long: the exhaustive forms of all these. The last three need ./downbeat build --boot.
export default defineConfig({
  test: {
    // by itself vitest leaves one core idle, which is half of a small machine
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...within(10) } },
      { test: { name: 'golden', include: ['test/golden/*.test.ts'], ...within(10) } },
      { test: { name: 'image', include: ['test/image/*.test.ts'], ...within(240) } },
      { test: { name: 'faults', include: ['test/faults/*.test.ts'], ...within(240) } },
      {
        test: {
          name: 'long',
          include: ['test/long/*.test.ts'],
          ...within(240),
          fileParallelism: false,
        },
      },
    ],
  },
})
