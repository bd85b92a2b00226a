import { sayBeside } from '../session/print.ts'

/** Before anything of it runs: what is printed in the end comes too late. */
export function tellUnanswered(said: string): void {
  const root = process.getuid?.() === 0
  sayBeside(
    `! ${said}`,
    ...(root ? ['! root builds this. Build it as an ordinary user, who has less to lose'] : []),
  )
}
