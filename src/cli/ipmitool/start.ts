/**
 * Tells with `-v` how ipmitool starts: it looks for the extensions of PICMG and VITA, and for the
 * address on the IPMB that they give. Without `-v` nothing of it is shown, and nothing is asked.
 */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Requester } from '../../ipmi/requester.ts';
import { LEAST_REQUEST_BYTES } from './fru-writer.ts';
import { ask, byteAt } from './ask.ts';
import type { Question } from './ask.ts';
import { hex, sharpHex } from './numbers.ts';
import type { Session } from './session.ts';

/** Number of `-v` from which on the steps are told, and their details. */
const STEPS = 1;
const DETAILS = 2;

/** Network function of the extensions, their identifiers, and their commands. */
const GROUP_EXTENSION = 0x2c;
const PICMG = 0x00;
const VITA = 0x03;
const PROPERTIES = { netFn: GROUP_EXTENSION, cmd: 0x00 };
const GET_ADDRESS_INFO = 0x01;
const VITA_GET_ADDRESS_INFO = 0x40;

/** Lengths of replies, least. */
const PICMG_BYTES = 4;
const VSO_BYTES = 5;
const ADDRESS_BYTES = 7;

/** Major versions of ATCA, AMC and MicroTCA. */
const PICMG_VERSIONS: readonly number[] = [2, 4, 5];

const VSO_REVISION = 1;

/** The manufacturer in a Get Device ID response. */
const MANUFACTURER_AT = 6;

/** An extension that is there, by its identifier. */
type Extension = typeof PICMG | typeof VITA | undefined;

/** The start of a session. */
class Start {
  readonly #session: Session;
  readonly #bmc: Requester;

  constructor(session: Session, bmc: Requester) {
    this.#session = session;
    this.#bmc = bmc;
  }

  async run(): Promise<void> {
    const { own, asked } = this.#session.choices;
    this.step('Loading IANA PEN Registry...');
    this.detail('Using ipmi device 0');
    this.detail(`Set IPMB address to ${hex(own)}`);
    if (this.#session.choices.logs >= DETAILS) await this.#tellMaker();
    const extension = (await this.#findPicmg()) ?? (await this.#findVita());
    let address = own;
    if (!this.#session.choices.hasOwn) {
      this.detail('Acquire IPMB address');
      const found = await this.#addressBy(extension);
      this.step(`Discovered IPMB address ${hex(found)}`);
      if (found !== 0) address = found;
    }
    const target = asked === 0 ? 0 : await this.#addressBy(extension, this.#session.requester);
    if (asked !== 0) this.#tellTarget(target);
    const { channel, transit } = this.#session.choices;
    const way = `${sharpHex(transit?.address ?? 0)}:${sharpHex(transit?.channel ?? 0)}`;
    const end = asked === 0 ? `${sharpHex(address)}:0` : `${sharpHex(asked)}:${sharpHex(channel)}`;
    this.detail(
      `Interface address: my_addr ${sharpHex(address)} transit ${way} target ${end} ` +
        `ipmb_target ${sharpHex(target)}\n`,
    );
  }

  step(text: string): void {
    if (this.#session.choices.logs >= STEPS) this.#session.complain(text);
  }

  detail(text: string): void {
    if (this.#session.choices.logs >= DETAILS) this.#session.complain(text);
  }

  #tellTarget(address: number): void {
    const { asked, channel, transit } = this.#session.choices;
    const end = `${sharpHex(asked)}:${sharpHex(channel)}`;
    const way = `${sharpHex(transit?.address ?? 0)}:${sharpHex(transit?.channel ?? 0)}`;
    this.detail(`Specified addressing     Target  ${end} Transit ${way}`);
    if (address !== 0) this.step(`Discovered Target IPMB-0 address ${sharpHex(address)}`);
  }

  async #tellMaker(): Promise<void> {
    const reply = await this.#ask({ netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID });
    if (reply === undefined) this.#session.complain('Get Device ID command failed');
    else if (reply.completionCode !== 0) {
      const { completionCode: code } = reply;
      const text = `Get Device ID command failed: ${sharpHex(code)} ${completionText(code)}`;
      this.#session.complain(text);
    } else {
      const [low, middle, high] = [0, 1, 2].map((at) => byteAt(reply, MANUFACTURER_AT + at));
      const maker = (low ?? 0) | ((middle ?? 0) << 8) | (((high ?? 0) & 0x0f) << 16);
      this.detail(`Iana: ${maker}`);
    }
  }

  async #findPicmg(): Promise<Extension> {
    const name = 'Get PICMG Properties';
    this.detail(`Running ${name} ${this.#addresses()}`);
    const reply = await this.#ask({ ...PROPERTIES, data: [PICMG] });
    if (reply === undefined) {
      this.#none('detail', `No response from ${name}`);
      return;
    }
    const { completionCode: code, data } = reply;
    if (code !== 0) {
      this.#none('detail', `Error response ${sharpHex(code)} from ${name}`);
      return;
    }
    if (data.length < PICMG_BYTES) {
      this.#none('step', `Invalid ${name} response length ${data.length}`);
      return;
    }
    const [group, version] = [byteAt(reply, 0), byteAt(reply, 1)];
    if (group !== PICMG) {
      this.#none('step', `Invalid ${name} group extension ${sharpHex(group)}`);
      return;
    }
    const text = `PICMG Extension Version ${version & 0x0f}.${version >> 4}`;
    if (!PICMG_VERSIONS.includes(version & 0x0f)) {
      this.#none('step', `Unknown ${text}`);
      return;
    }
    this.detail(`Discovered ${text}`);
    return PICMG;
  }

  async #findVita(): Promise<Extension> {
    this.step(`Running Get VSO Capabilities ${this.#addresses()}`);
    const reply = await this.#ask({ ...PROPERTIES, data: [VITA] });
    if (reply === undefined) {
      this.#session.complain('No valid response received');
      return undefined;
    }
    const { completionCode: code, data } = reply;
    if (code !== 0) {
      const what = code === 0xcc ? 'data field' : 'completion code';
      this.#none('step', `Invalid ${what} received: ${completionText(code)}`);
      return;
    }
    if (data.length < VSO_BYTES) {
      this.#none('step', `Invalid response length ${data.length}`);
      return;
    }
    const [group, standard, revision] = [byteAt(reply, 0), byteAt(reply, 3), byteAt(reply, 4)];
    if (group !== VITA) {
      this.#none('step', `Invalid group extension ${sharpHex(group)}`);
      return;
    }
    if ((standard & 0x03) !== 0) {
      this.#none('step', `Unknown VSO Standard ${standard & 0x03}`);
      return;
    }
    const text = `${revision & 0x0f}.${revision >> 4}`;
    if ((revision & 0x0f) !== VSO_REVISION) {
      this.#none('step', `Unknown VSO Specification Revision ${text}`);
      return;
    }
    this.step(`Discovered VITA 46.11 Revision ${text}`);
    return VITA;
  }

  /** The address on the IPMB, of the BMC or of another controller; 0 for none. */
  async #addressBy(extension: Extension, of = this.#bmc): Promise<number> {
    if (extension === undefined) return 0;
    const isPicmg = extension === PICMG;
    const cmd = isPicmg ? GET_ADDRESS_INFO : VITA_GET_ADDRESS_INFO;
    const reply = await this.#ask({
      ...{ netFn: GROUP_EXTENSION, cmd, data: [extension], requester: of },
    });
    const fail = (text: string): number => {
      this.#session.complain(text);
      return 0;
    };
    if (isPicmg) {
      if (reply?.completionCode === 0) return byteAt(reply, 2);
      const code = reply?.completionCode;
      const why = code === undefined ? 'No Response' : `${sharpHex(code)} ${completionText(code)}`;
      this.detail(`Get Address Info failed: ${why}`);
      return 0;
    }
    if (reply === undefined) return fail('No valid response received');
    const { completionCode: code, data } = reply;
    if (code !== 0) return fail(`Invalid completion code received: ${completionText(code)}`);
    if (data.length < ADDRESS_BYTES) return fail(`Invalid response length ${data.length}`);
    const group = byteAt(reply, 0);
    if (group !== VITA) return fail(`Invalid group extension ${sharpHex(group)}`);
    return byteAt(reply, 2);
  }

  /** Tells why an extension is not there. */
  #none(level: 'step' | 'detail', text: string): undefined {
    this[level](text);
    return undefined;
  }

  /** The addresses before any other is known. */
  #addresses(): string {
    const { own } = this.#session.choices;
    return `my_addr ${sharpHex(own)}, transit 0, target 0`;
  }

  async #ask(question: Question): Promise<Reply | undefined> {
    return await ask(this.#session, { requester: this.#bmc, ...question });
  }
}

/** Tells how ipmitool would start; `bmc` is asked, whichever controller the line is for. */
export async function tellStart(session: Session, bmc: Requester): Promise<void> {
  if (session.choices.logs >= STEPS) await new Start(session, bmc).run();
  const { longestRequest } = session.choices;
  if (longestRequest === 0) return;
  session.print(`Setting large buffer to ${longestRequest}\n`);
  if (longestRequest < LEAST_REQUEST_BYTES) {
    session.complain(`Request size is too small (${longestRequest}), leave default size`);
  }
}
