/**
 * Judges lines of the OCP Test and Validation format: each by the schema, and together by the rules
 * that no schema can say: sequence, order, identities, and which status goes with which result.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';

import { ROOT } from './source-code.ts';

/** The combinations of status and result that the specification calls valid. */
const ENDS = ['COMPLETE PASS', 'COMPLETE FAIL', 'ERROR NOT_APPLICABLE', 'SKIP NOT_APPLICABLE'];

const SCHEMA: object = JSON.parse(
  readFileSync(join(ROOT, 'docs/schemas/ocptv.schema.json'), 'utf8'),
) as object;

type Body = Readonly<Record<string, unknown>>;

interface Artifact {
  readonly sequenceNumber: number;
  readonly timestamp: string;
  readonly schemaVersion?: Body;
  readonly testRunArtifact?: Readonly<Record<string, Body>>;
  readonly testStepArtifact?: StepArtifact;
}

type StepArtifact = Readonly<Record<string, Body>> & { readonly testStepId: string };

/** The verdict on a run. */
export interface Ocptv {
  /** One line for each rule that is broken; none for a valid run. */
  readonly problems: readonly string[];
  readonly artifacts: readonly Artifact[];
  /** Status and result of the run; undefined when it was killed. */
  readonly end: string | undefined;
  /** The names of the steps and the status of each; `open` when it has no end. */
  readonly steps: readonly (readonly [name: string, status: string])[];
  /** Types and verdicts of all diagnoses, such as `FAIL bt-wedged`. */
  readonly diagnoses: readonly string[];
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
formats.default.default(ajv);
const validate = ajv.compile(SCHEMA);

/** Checks whole lines, or the text of a report; a killed run may end anywhere between two lines. */
export function checkOcptv(report: string | readonly string[]): Ocptv {
  const lines = typeof report === 'string' ? linesOf(report) : report;
  const judge = new Judge();
  for (const [at, line] of lines.entries()) judge.line(line, at);
  return judge.verdict();
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

class Judge {
  readonly #problems: string[] = [];
  readonly #artifacts: Artifact[] = [];
  readonly #steps = new Map<string, [name: string, status: string]>();
  readonly #series = new Map<string, { readonly stepId: string; count: number; isOpen: boolean }>();
  readonly #diagnoses: string[] = [];
  readonly #known = new Set<string>();
  #hasStarted = false;
  #end: string | undefined;
  #last = '';

  line(line: string, at: number): void {
    const artifact = this.#parse(line, at);
    if (artifact === undefined) return;
    this.#artifacts.push(artifact);
    const isAt = (holds: boolean, text: string): void => {
      if (!holds) this.#problems.push(`line ${at}: ${text}`);
    };
    isAt(artifact.sequenceNumber === at, `sequence number ${artifact.sequenceNumber}`);
    isAt(artifact.timestamp >= this.#last, 'time runs backwards');
    this.#last = artifact.timestamp;
    isAt((artifact.schemaVersion !== undefined) === (at === 0), 'the schema version is not first');
    isAt(this.#end === undefined, 'something follows the end of the run');
    if (artifact.testRunArtifact !== undefined) this.#run(artifact.testRunArtifact, isAt);
    if (artifact.testStepArtifact !== undefined) this.#step(artifact.testStepArtifact, isAt);
  }

  verdict(): Ocptv {
    const steps = [...this.#steps.values()];
    const { problems, end } = { problems: this.#problems, end: this.#end };
    return { problems, artifacts: this.#artifacts, end, steps, diagnoses: this.#diagnoses };
  }

  #parse(line: string, at: number): Artifact | undefined {
    let artifact: unknown;
    try {
      artifact = JSON.parse(line);
    } catch {
      this.#problems.push(`line ${at}: no JSON`);
      return undefined;
    }
    if (validate(artifact)) return artifact as Artifact;
    const reasons = (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message}`,
    );
    this.#problems.push(`line ${at}: ${reasons.join(', ')}`);
    return undefined;
  }

  #run(artifact: Readonly<Record<string, Body>>, isAt: IsAt): void {
    const { testRunStart: start, testRunEnd: end } = artifact;
    isAt(this.#hasStarted === (start === undefined), 'the run does not start once, and first');
    if (start !== undefined) {
      this.#hasStarted = true;
      for (const [, id] of JSON.stringify(start).matchAll(/"(?:hard|soft)wareInfoId":"(.*?)"/g)) {
        isAt(!this.#known.has(id ?? ''), `the identity ${id} twice`);
        this.#known.add(id ?? '');
      }
    }
    if (end === undefined) return;
    this.#end = `${String(end['status'])} ${String(end['result'])}`;
    isAt(ENDS.includes(this.#end), `no valid end: ${this.#end}`);
    const open = [...this.#steps.values()].filter(([, status]) => status === 'open');
    isAt(open.length === 0, `the run ends before ${open.map(([name]) => name).join()}`);
    const hasFailed = this.#diagnoses.some((diagnosis) => diagnosis.startsWith('FAIL '));
    isAt(!(hasFailed && end['result'] === 'PASS'), 'it passed with a failing diagnosis');
  }

  #step(artifact: StepArtifact, isAt: IsAt): void {
    const { testStepId: stepId } = artifact;
    const { testStepStart: start, testStepEnd: end, diagnosis, error } = artifact;
    isAt(this.#hasStarted, 'a step before the run');
    const step = this.#steps.get(stepId);
    if (start === undefined) isAt(step?.[1] === 'open', `step ${stepId} is not open`);
    else {
      isAt(step === undefined, `step ${stepId} starts twice`);
      this.#steps.set(stepId, [String(start['name']), 'open']);
    }
    this.#seriesPart(artifact, stepId, isAt);
    const bodies = [diagnosis, artifact['measurement'], artifact['measurementSeriesStart']];
    const software = (error?.['softwareInfoIds'] ?? []) as readonly string[];
    const named = bodies.map((body) => body?.['hardwareInfoId']).concat(software);
    const ids = named.filter((id): id is string => typeof id === 'string');
    const strangers = ids.filter((id) => !this.#known.has(id));
    isAt(strangers.length === 0, `unknown identity ${strangers.join()}`);
    if (diagnosis !== undefined) {
      this.#diagnoses.push(`${String(diagnosis['type'])} ${String(diagnosis['verdict'])}`);
    }
    if (end === undefined || step === undefined) return;
    step[1] = String(end['status']);
    const isOpen = [...this.#series.values()].some((one) => one.stepId === stepId && one.isOpen);
    isAt(!isOpen, `step ${stepId} ends before a series of it`);
  }

  #seriesPart(artifact: Readonly<Record<string, Body>>, stepId: string, isAt: IsAt): void {
    const { measurementSeriesStart: start, measurementSeriesElement: element } = artifact;
    const end = artifact['measurementSeriesEnd'];
    const body = start ?? element ?? end;
    if (body === undefined) return;
    const id = String(body['measurementSeriesId']);
    const series = this.#series.get(id);
    if (start !== undefined) {
      isAt(series === undefined, `series ${id} starts twice`);
      this.#series.set(id, { stepId, count: 0, isOpen: true });
      return;
    }
    isAt(series?.isOpen === true && series.stepId === stepId, `series ${id} is not open`);
    if (series === undefined) return;
    if (element === undefined) {
      isAt(end?.['totalCount'] === series.count, `series ${id} has ${series.count} elements`);
      series.isOpen = false;
      return;
    }
    isAt(element['index'] === series.count, `series ${id} has a gap at ${series.count}`);
    series.count += 1;
  }
}

type IsAt = (holds: boolean, text: string) => void;
