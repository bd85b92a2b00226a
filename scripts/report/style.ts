import { palettes } from './palette.ts'
import type { Palette } from './palette.ts'

const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')

/**
 * The style of a page. It names no file and no font of the network. Paper is light, and shows what
 * is folded up.
 */
export const style = `
:root{color-scheme:light dark;${variables(palettes.light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(palettes.dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--ground);color:var(--text);
  font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
body.two{max-width:90rem}
h1,h2,h3{line-height:1.25;margin:2rem 0 .5rem}
h1{margin-top:.5rem}
h3{font-size:1rem;margin-top:1.25rem}
p,ul,ol{margin:.5rem 0}
.soft,caption,nav{color:var(--soft)}
caption{text-align:left;padding-bottom:.25rem}
a{color:var(--link)}
nav a{margin-right:.75rem;display:inline-block;padding:.25rem 0}
code,pre{font-family:ui-monospace,monospace;font-size:.875em}
pre{background:var(--panel);padding:.75rem;margin:.5rem 0;white-space:pre-wrap;border-radius:.25rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;overflow-wrap:break-word}
th code{overflow-wrap:anywhere}
td.number{white-space:nowrap}
.number{text-align:right}
details>table{width:calc(100% - 1rem)}
@media (max-width:30rem){th,td{padding-right:.375rem}}
details{border-bottom:1px solid var(--line);padding:.375rem 0}
summary{cursor:pointer}
details>*:not(summary){margin-left:1rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.good{color:var(--good)}
.bad{color:var(--bad);font-weight:600}
.warnings{background:var(--panel);padding:.5rem 1rem;border-left:.25rem solid var(--two)}
.pair{display:grid;gap:0 2rem}
.pair>*{min-width:0}
svg{display:block;width:100%;margin:.5rem 0;overflow:visible;font:.8125rem system-ui,sans-serif}
svg text{fill:var(--text)}
svg .soft{fill:var(--soft)}
svg .small{font-size:.6875rem}
svg .line{stroke:var(--line)}
${['one', 'two', 'three', 'four'].map((tone) => `svg .${tone}{fill:var(--${tone})}`).join('\n')}
@media (min-width:48rem){.two .pair,.beside{grid-template-columns:1fr 1fr}}
@media print{
  body{max-width:none;padding:0;font-size:10pt}
  nav{display:none}
  details::details-content{content-visibility:visible;block-size:auto}
  details,tr,svg{break-inside:avoid}
  h2,h3{break-after:avoid}
  .one,.two,.three,.four{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`
