/** `describe` for tests that need QEMU. */

import { describeWith } from '../support/describe-with.ts';
import { QEMU } from './qemu.ts';

export function describeWithQemu(name: string, body: () => void): void {
  describeWith(QEMU, name, body);
}
