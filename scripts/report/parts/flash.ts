import { typedWord } from '../../../lib/common/quote.ts'
import { html } from '../html.ts'
import type { Part } from './part.ts'

/** How the image gets onto a card, and who may log in then. */
export const flash: Part = {
  id: 'flash',
  title: 'Write it to a card',
  of({ plan: { name, configure } }) {
    const { hostname, user } = configure.view
    const folder = typedWord(`out/images/${name}`)
    return html`<p>Which disks there are, and which of them may be written to:</p>
      <pre>./downbeat flash ${folder}</pre>
      <p>
        Write the card and read it back. It asks before it writes, and refuses a disk that is no
        card:
      </p>
      <pre>sudo ./downbeat flash ${folder} /dev/sdX --ssh-key ~/.ssh/id_ed25519.pub</pre>
      <p>Or choose ${name}.img in Raspberry Pi Imager, below “Use custom”.</p>
      <p>
        The image has no password. Without an SSH key, write one or a password’s hash into
        downbeat.toml on the boot partition of the card. After the first boot:
      </p>
      <pre>ssh ${user.name}@${hostname}.local</pre>`
  },
}
