#!/usr/bin/env node
/** The program `ipmi-bt-exporter`; it is `src/exporter/main.ts`. */

import { main } from '../dist/exporter/main.js';

await main(process.argv.slice(2));
