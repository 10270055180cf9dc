/**
 * Results as text for a reader and as JSON for a program.
 */

/** A label and what was measured; the first row holds the names of the columns. */
export type Row = readonly [label: string, ...cells: string[]];

/** Columns as wide as they need to be, all but the first flush right. */
export function formatTable(rows: readonly Row[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
  return `${lines.join('\n')}\n`;
}

/** Writes `results` as one JSON object where the command line says `--json`, else `text`. */
export function report(results: object, text: string): void {
  const isJson = process.argv.includes('--json');
  process.stdout.write(isJson ? `${JSON.stringify(results)}\n` : text);
}
