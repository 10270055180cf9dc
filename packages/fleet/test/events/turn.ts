/** A turn of the event loop, in which all that is ready happens. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
