/** docs/state-machine.md is made from the machine's own table, and is not older than it. */

import { expect, test } from 'vitest';

import { EDGES } from '../../src/bt/edges.ts';

test('docs/state-machine.md shows the table of edges (vitest run -u renews it)', async () => {
  await expect(renderDocument()).toMatchFileSnapshot('../../docs/state-machine.md');
});

function renderDocument(): string {
  const edges = Object.entries(EDGES).flatMap(([from, targets]) =>
    Object.entries(targets).map(([to, why]) => ({ from, to, why })),
  );
  const arrows = edges.map(({ from, to, why }) => `    ${from} --> ${to}: ${mermaidText(why)}`);
  const rows = edges.map(({ from, to, why }) => `| \`${from}\` | \`${to}\` | ${why} |`);
  return `# States of a BT transaction

Generated from \`src/bt/edges.ts\`; \`npx vitest run test/project/state-machine.test.ts -u\` renews it. A
state is named for what it waits for. \`H_BUSY\` is 1 in \`waitClear\` only; a frame is on the wire in
\`waitReply\`, and in a \`waitClear\` that was entered from it.

\`\`\`mermaid
stateDiagram-v2
    [*] --> idle
${arrows.join('\n')}
\`\`\`

| from | to | when |
|---|---|---|
${rows.join('\n')}
`;
}

/** A colon ends a label there. */
function mermaidText(text: string): string {
  return text.replaceAll(/[:;]/g, ',');
}
