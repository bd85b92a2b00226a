import { bothSidesAgreeOn } from '../image/differential-tests.ts'

bothSidesAgreeOn({ seeds: Array.from({ length: 10 }, (_, i) => 1000 + i), values: 10_000 })
