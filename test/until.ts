/** Waits until something has come true; the test's own time limit ends a wait in vain. */
export async function until(come: () => boolean): Promise<void> {
  while (!come()) await new Promise((done) => setTimeout(done, 20))
}
