/**
 * The addon on a machine without port instructions or Linux, as far as one with them can show: the
 * branches for such machines are compiled and loaded, and say ENOSYS.
 */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import type { NativeMessages, NativePorts } from '../../src/native.ts';

const X86 = '#if defined(__linux__) && (defined(__x86_64__) || defined(__i386__))';

const LINUX = '#if defined(__linux__)';

/** Node's own headers; CI has them, and a machine where they are not cannot compile by hand. */
const HEADERS = resolve(dirname(process.execPath), '../include/node');
const canCompile = existsSync(HEADERS) || process.env['CI'] !== undefined;

test.runIf(canCompile)('without port instructions or Linux it compiles, and says ENOSYS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-elsewhere-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  cpSync('native', folder, { recursive: true });
  const source = readFileSync('native/port_io.cc', 'utf8');
  expect(source).toContain(X86);
  writeFileSync(join(folder, 'port_io.cc'), source.replace(X86, '#if 0'));
  const messages = readFileSync('native/system_message.cc', 'utf8');
  expect(messages.split(LINUX)).toHaveLength(3);
  writeFileSync(join(folder, 'system_message.cc'), messages.replaceAll(LINUX, '#if 0'));

  const addon = join(folder, 'elsewhere.node');
  const flags = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  const defines = ['-DNAPI_VERSION=8', '-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_GYP_MODULE_NAME=x'];
  const includes = [`-I${HEADERS}`, `-I${resolve('node_modules/node-addon-api')}`];
  const names = readdirSync('native').filter((name) => name.endsWith('.cc'));
  const files = ['-o', addon, ...names.map((name) => join(folder, name))];
  execFileSync('g++', [...flags, ...defines, ...includes, ...files]);

  const ports = createRequire(import.meta.url)(addon) as NativePorts & NativeMessages;
  const errno = { code: 'ENOSYS', syscall: 'ioperm' };
  expect(() => ports.open(0xce4, 3)).toThrow(expect.objectContaining(errno));
  expect(() => ports.inb(0xce4)).toThrow(expect.objectContaining({ code: 'EACCES' }));
  expect(() => {
    ports.sendMessage(0, 0x06, 0x01, new Uint8Array(), 0);
  }).toThrow(expect.objectContaining({ code: 'ENOSYS', syscall: 'ioctl' }));
  expect(() => ports.receiveMessage(0, new Uint8Array(1), 1)).toThrow('ENOSYS');
});
