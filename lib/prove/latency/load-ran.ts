/**
 * Whether the load ran while was measured, as stages/load/init.sh tells it: how often the processor
 * went from one program to another and how many programs had begun, before and after; and how many
 * of those that send messages were there in the end. Without a load the figures say nothing.
 */
export function loadRan(said: string): boolean {
  const line = /^load: (\d+) (\d+) (\d+) (\d+) (\d+)\s*$/m.exec(said)
  if (line === null) return false
  const [switches, begun, switchesAfter, begunAfter, messengers] = line.slice(1).map(Number)
  return switchesAfter! > switches! && begunAfter! > begun! && messengers! > 1
}
