import { Command } from 'commander'
import { resolve } from '../lib/resolve.ts'
import { collect } from './build.ts'
import { choicesFile, mirror, root } from './session.ts'

export function planCommand(): Command {
  return new Command('plan')
    .description('show what a build would make: each value and the file it comes from')
    .argument('[choices]', 'the file of choices')
    .option('--set <key=value>', 'a choice instead of the one in the file; may be repeated', collect, [])
    .option('--json', 'the whole plan, as it is saved beside the image')
    .addHelpText('after', '\nExample:\n  ./downbeat plan variants/zero2w-hifiberry-dac.yaml --set jack.rate=44100')
    .action((file: string | undefined, options: { set: string[]; json?: true }) => {
      const plan = resolve(root, choicesFile(file), options.set, { mirror: mirror() })
      const say = (line = ''): void => void process.stdout.write(`${line}\n`)
      if (options.json === true) return say(JSON.stringify(plan, null, 2))
      say(plan.name)
      const rows = Object.entries(plan.origins)
      const wide = Math.max(...rows.map(([key]) => key.length))
      for (const [key, { value, from }] of rows)
        say(`  ${key.padEnd(wide)}  ${value === '' ? '(none)' : value}${from === '' ? '' : `    ${from}`}`)
      const { jack } = plan.configure.view
      say(`\nJACK: ${jack.period} x ${jack.periods} / ${jack.rate} Hz = ${jack.latency_ms} ms from the server to the card`)
      say('\nTunings')
      for (const { id, about, off } of plan.tunings)
        say(`  ${off === undefined ? 'on ' : 'off'} ${id}: ${about}${off === undefined ? '' : `\n        off because: ${off}`}`)
      for (const warning of plan.warnings) say(`note: ${warning}`)
    })
}
