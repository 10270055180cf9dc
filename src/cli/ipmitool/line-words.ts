/** The words of a line of `ipmitool exec` and `ipmitool shell`. */

/** Stands for a space in quotes while a line is parted at spaces. */
const QUOTED_SPACE = '~';

const QUOTES = ['"', "'"];

/** As many words of a line count: ipmitool leaves out the others without a word. */
const WORDS_MAX = 64;

/**
 * Parts a line at spaces. A word that begins with a quote ends at the next one, and may have
 * spaces; a quote within a word belongs to it.
 */
export function lineWords(line: string): readonly string[] {
  const words = withoutQuotedSpaces(line).trim().split(' ');
  const kept = words.filter((word) => word !== '');
  return kept.slice(0, WORDS_MAX).map(unquoted);
}

function withoutQuotedSpaces(line: string): string {
  let text = '';
  let quote: string | undefined;
  for (const character of line) {
    const isQuoted = quote !== undefined;
    if (character === quote) quote = undefined;
    else if (!isQuoted && QUOTES.includes(character)) quote = character;
    text += isQuoted && /\s/.test(character) ? QUOTED_SPACE : character;
  }
  return text;
}

function unquoted(word: string): string {
  const quote = word.charAt(0);
  if (!QUOTES.includes(quote)) return word;
  const [, text = ''] = word.split(quote);
  return text.replaceAll(QUOTED_SPACE, ' ');
}
