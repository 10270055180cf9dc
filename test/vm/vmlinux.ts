/**
 * Takes the kernel proper out of a compressed image. QEMU boots it all the same, by its PVH entry,
 * and the guest saves the three seconds that unpacking takes on an emulated processor.
 */

import { readFile, rm, writeFile } from 'node:fs/promises';

import { runTool } from './host-tool.ts';

/** Fields of the header that every x86 image carries (Linux's x86 boot protocol 2.08). */
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;

const SECTOR_BYTES = 512;
const XZ_MAGIC = Buffer.from('\xfd7zXZ\0', 'latin1');

/** What `vmlinuz` unpacks to at boot; itself if it is packed by something other than xz. */
export async function unpackVmlinuz(vmlinuz: string): Promise<Buffer> {
  const image = await readFile(vmlinuz);
  // The offset counts from the end of the set-up code, which follows the boot sector.
  const setupBytes = (image.readUInt8(SETUP_SECTORS) + 1) * SECTOR_BYTES;
  const start = setupBytes + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH));
  if (!payload.subarray(0, XZ_MAGIC.length).equals(XZ_MAGIC)) return image;

  const packed = `${vmlinuz}.xz`;
  await writeFile(packed, payload);
  try {
    // One stream only: the kernel's build appends the unpacked length, which is not xz.
    return await runTool('xz', ['-dc', '--single-stream', packed]);
  } finally {
    await rm(packed);
  }
}
