#!/usr/bin/env node
/** The program `ipmi-bt-agent`; it is `src/agent/main.ts`. */

import { setFlagsFromString } from 'node:v8';

// It waits most of its time, on each host of a fleet: memory counts, and fast code does not. The
// compiler that makes it would cost 4 MB. The flags are for what is loaded after them.
for (const flag of ['--no-opt', '--max-lazy', '--optimize-for-size']) setFlagsFromString(flag);

const { main } = await import('../dist/agent/main.js');

await main(process.argv.slice(2));
