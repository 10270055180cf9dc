#!/usr/bin/env node
/** The program `ipmi-bt-agent`; it is `src/agent/main.ts`. */

import { main } from '../dist/agent/main.js';

await main(process.argv.slice(2));
