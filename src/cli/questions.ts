/** Decides whether a command may ask something on the terminal. */

/** The end of a refusal that says how the change is confirmed otherwise. */
let refusal: string | undefined;

/** Refuses all questions of this process from now on; `remedy` says how a change is confirmed. */
export function refuseQuestions(remedy: string): void {
  refusal = remedy;
}

/** Says how a change is confirmed where nothing can be asked; undefined where it can. */
export function unaskable(): string | undefined {
  if (refusal !== undefined) return refusal;
  const { stdin, stderr: terminal } = process;
  return stdin.isTTY && terminal.isTTY ? undefined : 'Confirm with --yes';
}
