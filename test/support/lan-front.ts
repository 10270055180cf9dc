/**
 * A LAN interface of IPMI 1.5 in front of a `Requester`, so that `ipmitool -I lan -A NONE` asks
 * what the typed commands ask: a session without authentication (IPMI 2.0 §13.6, §22.13 to §22.19).
 */

import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';

import type { Requester } from '../../src/ipmi/requester.ts';

const HOST = '127.0.0.1';

/** RMCP (§13.1.3), the class of IPMI; then authentication type, sequence number and session. */
const RMCP = [0x06, 0x00, 0xff, 0x07];
const NO_AUTHENTICATION = 0x00;
const SESSION_ENDS = 13;
const MESSAGE_BEGINS = 14;
const HEADER_BYTES = 6;

const BMC_ADDRESS = 0x20;
const APP = 0x06;
const ADMINISTRATOR = 0x04;
const SESSION_ID = [1, 2, 3, 4];
const CHALLENGE = Array<number>(16).fill(7);

/** The answers that belong to the session: completion code, and data. */
const SESSION_REPLIES: Readonly<Record<number, readonly number[]>> = {
  0x38: [0x00, 1, 0x01, 0x10, 0, 0, 0, 0, 0],
  0x39: [0x00, ...SESSION_ID, ...CHALLENGE],
  0x3a: [0x00, NO_AUTHENTICATION, ...SESSION_ID, 1, 0, 0, 0, ADMINISTRATOR],
  0x3b: [0x00, ADMINISTRATOR],
  0x3c: [0x00],
};

/** Made by `startLanFront`. */
export interface LanFront {
  /** UDP port on the loopback interface. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function startLanFront(requester: Requester): Promise<LanFront> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  socket.on('message', (packet, from) => void answer(requester, packet, { socket, from }));
  const close = async (): Promise<void> => {
    socket.close();
    await once(socket, 'close');
  };
  return { port: socket.address().port, close };
}

/** The way back. */
interface Back {
  readonly socket: Socket;
  readonly from: RemoteInfo;
}

async function answer(requester: Requester, packet: Buffer, back: Back): Promise<void> {
  const isIpmi = packet.subarray(0, RMCP.length).equals(Buffer.from(RMCP));
  if (!isIpmi || packet[RMCP.length] !== NO_AUTHENTICATION) return;
  const message = packet.subarray(MESSAGE_BEGINS);
  const [, netFnLun = 0, , asker = 0, seqLun = 0, cmd = 0] = message;
  const [netFn, lun] = [netFnLun >> 2, netFnLun & 3];
  const data = Uint8Array.from(message.subarray(HEADER_BYTES, -1));
  const reply =
    (netFn === APP ? SESSION_REPLIES[cmd] : undefined) ??
    (await ask(requester, { netFn, lun, cmd, data }));
  const head = [asker, ((netFn | 1) << 2) | (seqLun & 3)];
  const body = [BMC_ADDRESS, (seqLun & ~3) | lun, cmd, ...reply];
  const sent = [...head, checksum(head), ...body, checksum(body)];
  const session = packet.subarray(0, SESSION_ENDS);
  back.socket.send(Uint8Array.of(...session, sent.length, ...sent), back.from.port, HOST);
}

async function ask(
  requester: Requester,
  input: Parameters<Requester['request']>[0],
): Promise<readonly number[]> {
  const { completionCode, data } = await requester.request(input);
  return [completionCode, ...data];
}

function checksum(bytes: readonly number[]): number {
  return -bytes.reduce((total, byte) => total + byte, 0) & 0xff;
}
