import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// unit: pure functions and the engine, seconds. golden: every rendered file of every variant, seconds.
// image: a built image and its records. faults: builds that are killed, starved and lied to. long: the exhaustive forms of
// all these. The last three need ./downbeat build --boot.
export default defineConfig({
  test: {
    maxWorkers: availableParallelism(), // by itself vitest leaves one core idle, which is half of a small machine
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'golden', include: ['test/golden/*.test.ts'] } },
      { test: { name: 'image', include: ['test/image/*.test.ts'], testTimeout: 300_000, fileParallelism: false } },
      {
        test: { name: 'faults', include: ['test/faults/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 600_000, fileParallelism: false },
      },
      {
        test: { name: 'long', include: ['test/long/*.test.ts'], testTimeout: 7_200_000, hookTimeout: 7_200_000, fileParallelism: false },
      },
    ],
  },
})
