/** What a test needs to know of a PDF: its pages, and the commands that draw them. */

import { inflateSync } from 'node:zlib';

/** Text and pictures of all streams, as PDF commands. */
export function drawnIn(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/\/FlateDecode\b[^>]*>>\s*stream\r?\n/g)];
  return streams
    .map(({ index, 0: { length } }) => {
      const end = text.indexOf('endstream', index);
      return inflateSync(pdf.subarray(index + length, end)).toString('latin1');
    })
    .join('\n');
}

export function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

/** A colour, `#rrggbb`, as the command that fills with it. */
export function fillOf(colour: string): string {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  return `${channels.map((share) => share.toFixed(4).replace(/^0|\.?0+$/g, '')).join(' ')} rg`;
}
