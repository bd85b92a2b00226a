import { z } from 'zod'

// What the texts of data files may have in them. They go into units, into config.txt, into shell and
// to terminals: a word of those has no letter that means something there, and a text for people is
// one line.

/**
 * Controls (C0, DEL, C1), ends of lines, and what turns the direction in which a text is shown, but
 * for the tab: for a class of a pattern.
 */
export const UNSEEN = String.raw`\u0000-\u0008\u000A-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069`

/** A line of a text file; a tab may be in it. */
export const Line = z
  .string()
  .regex(new RegExp(`^[^${UNSEEN}]*$`), 'expected one line, without control characters')

/** What a person reads: one line. */
export const Text = z
  .string()
  .regex(new RegExp(`^[^\\t${UNSEEN}]*$`), 'expected one line of text, without control characters')

/** What a board or a card is called: a line of config.txt has room for 98 letters. */
export const Name = Text.min(1).max(80)

/** A word that means nothing more to a shell, a unit or a table: a device, a program, a release. */
export const Word = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/,
    'expected a word of letters, digits, ".", "_", "+" and "-"',
  )

/** A word with its parameters, such as `dwc2.full_speed=1` or `dtparam=uart0_console`. */
export const Parameter = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.,:=/+@-]*$/,
    'expected a word with its parameters, such as dtparam=spi or usbcore.autosuspend=-1',
  )

/** The path of a file of a source, which may have * in it for anything. */
export const SourcePath = z
  .string()
  .regex(
    /^(?!.*\.\.)[A-Za-z0-9_*][A-Za-z0-9_.,+*/-]*$/,
    'expected a path such as broadcom/bcm2711-*',
  )
