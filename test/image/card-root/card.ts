/**
 * Cards, what is put on the boot partition of each before it starts, and what must be so
 * afterwards.
 */
export interface Card {
  /** goes on "a card …" */
  title: string
  starts: Start[]
  /** the title of another card: it must end as that one's first start does */
  as?: string
}

export interface Start {
  /** texts by the name of the file on the boot partition, or by its path */
  put?: Record<string, string>
  /** paths of what is taken away, before the others are put there */
  remove?: string[]
  /** words that are added to cmdline.txt, as Raspberry Pi Imager does */
  append?: string
  /** the plug is pulled when the console says this; "command N": at the Nth program that is started */
  cut?: string
  /** left out: it does not matter */
  after?: After
}

export interface After {
  /**
   * of the settings or of the script of Raspberry Pi Imager; left out: 0; skipped: they had nothing
   * to do
   */
  status?: string
  /**
   * Every file of the card that is another than in the image, but for bookkeeping: its text, or the
   * target of a link; of a text that the image has, the lines that went, behind a -, and then those
   * that came, behind a +. null: the file is gone.
   */
  files?: Record<string, string | RegExp | null>
  /** the same on an image with a board whose port can be a device of a computer */
  files_of_gadget?: Record<string, RegExp>
  /** by path, the mode and the owner */
  modes?: Record<string, string>
  /** lines of downbeat-problems.txt; left out: there is none */
  problems?: (string | RegExp)[]
  /** what systemctl is asked to do, in this order */
  asks?: string[]
  hostname?: string
  /** whether sshd takes a password; left out: no */
  password_login?: 'yes'
  /** whether the next start has something to do */
  again?: true
  /**
   * secrets: neither on the card, nor in /run and /tmp, nor in what was freed of the boot
   * partition, nor on the console
   */
  nowhere?: string[]
}
