import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

// node loads.ts FILE…: imports these files and prints which file has loaded which, as Node itself
// sees it.

const arrows: [from: string, to: string][] = []
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (context.parentURL !== undefined && found.url.startsWith('file:'))
      arrows.push([context.parentURL, found.url])
    return found
  },
})
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href)
process.stdout.write(JSON.stringify(arrows))
