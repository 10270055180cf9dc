/**
 * The reasons for which lives fail, for tests that expect a certain one: a life that fails for
 * another reason shows nothing.
 */

export async function failuresOf(lives: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(lives);
  return results.flatMap((result) =>
    result.status === 'fulfilled' ? [] : [String(result.reason)],
  );
}
