/**
 * Gives a test file its modules anew, with none of the state that the file before it left in them.
 * Loaded first where files share a worker.
 */

import { vi } from 'vitest';

vi.resetModules();
