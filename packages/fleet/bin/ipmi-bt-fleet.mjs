#!/usr/bin/env node
/** The program `ipmi-bt-fleet`; it is `src/fleet-tool/main.ts`. */

import { main } from '../dist/fleet-tool/main.js';

await main(process.argv.slice(2));
