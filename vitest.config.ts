import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

// For what never ends, and for nothing else: many times what the slowest test takes on a slow and busy machine. No test has one of its own.
const within = (minutes: number) => ({ testTimeout: minutes * MINUTE, hookTimeout: minutes * MINUTE })

// unit: pure functions and the engine, seconds. golden: every rendered file of every variant, seconds.
// image: a built image and its records. faults: builds that are killed, starved and lied to. long: the exhaustive forms of
// all these. The last three need ./downbeat build --boot.
export default defineConfig({
  test: {
    maxWorkers: availableParallelism(), // by itself vitest leaves one core idle, which is half of a small machine
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...within(10) } },
      { test: { name: 'golden', include: ['test/golden/*.test.ts'], ...within(10) } },
      { test: { name: 'image', include: ['test/image/*.test.ts'], ...within(240) } },
      { test: { name: 'faults', include: ['test/faults/*.test.ts'], ...within(240), fileParallelism: false } },
      { test: { name: 'long', include: ['test/long/*.test.ts'], ...within(240), fileParallelism: false } },
    ],
  },
})
