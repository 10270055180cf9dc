/** The top of the page: the verdict in words, and the list of checks with what each found. */

import { hex } from '../../errors.ts';
import type { Finding, Measurement } from '../events.ts';
import type { CheckView, RunView } from './html-run.ts';
import {
  RESULT_WORDS,
  VERDICTS,
  boundsText,
  counted,
  durationText,
  quantity,
  timeText,
} from './html-words.ts';
import type { ShownResult } from './html-words.ts';
import { isWithin } from './words.ts';
import { NONE, markup, when } from './markup.ts';
import type { Markup } from './markup.ts';

/** Numbers that a passed check shows in its row; all of them are listed further below. */
const NUMBERS_SHOWN = 3;

type Tone = 'good' | 'bad' | 'care' | 'plain';

const TONES: Readonly<Record<ShownResult, Tone>> = {
  pass: 'good',
  fail: 'bad',
  error: 'bad',
  skip: 'care',
  interrupted: 'care',
  open: 'care',
};

/** Results in the order in which they are counted below the verdict. */
const COUNTED: readonly ShownResult[] = ['fail', 'error', 'interrupted', 'open', 'skip', 'pass'];

const COUNT_WORDS: Readonly<Record<ShownResult, string>> = {
  ...RESULT_WORDS,
  fail: 'failed',
  error: 'could not be done',
  pass: 'passed',
};

function resultOf({ end }: CheckView): ShownResult {
  return end?.result ?? 'open';
}

/** Name of the place where the evidence of a finding is shown. */
export function evidenceId(check: CheckView, finding: Finding): string {
  const place = check.findings.indexOf(firstWithSameEvidence(check, finding));
  return `evidence-${check.id}-${place + 1}`;
}

export function firstWithSameEvidence({ findings }: CheckView, finding: Finding): Finding {
  const lines = finding.evidence.join('\n');
  return findings.find(({ evidence }) => evidence.join('\n') === lines) ?? finding;
}

/** The banner; a run without an end was killed, and says so. */
export function verdictSection(run: RunView): Markup {
  const { info, end, checks } = run;
  const result = end?.result ?? 'open';
  const text =
    end?.text ?? 'The run ended before its verdict: what it had found by then is shown here.';
  const failed = checks.filter((check) => TONES[resultOf(check)] === 'bad');
  const links = failed.map((check, at) => {
    return markup`${at === 0 ? '' : ', '}<a href="#check-${check.id}">${check.id}</a>`;
  });
  return markup`<header>
<h1>${headline(run)}</h1>
<div class="verdict ${TONES[result]}">
<strong>${VERDICTS[result]}</strong>
<p>${text}</p>
${when(links.length > 0, () => markup`<p>Look at: ${links}.</p>`)}
<p class="counts">${countsText(run)}</p>
</div>
${when(
  info?.isSimulated === true,
  () =>
    markup`<p class="simulated"><b>Simulated.</b> The simulated BMC was tested, and no hardware.</p>`,
)}
</header>`;
}

function headline({ info, startedAt }: RunView): string {
  const base = info?.base === undefined ? '' : `, port ${hex(info.base)}`;
  const when = startedAt === '' ? '' : `, ${timeText(startedAt)}`;
  return `IPMI BT smoke test of ${info?.host ?? 'an unknown machine'}${base}${when}`;
}

function countsText({ checks, end }: RunView): string {
  const counts = COUNTED.flatMap((result) => {
    const count = checks.filter((check) => resultOf(check) === result).length;
    return count === 0 ? [] : [`${count} ${COUNT_WORDS[result]}`];
  });
  const warnings = checks
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'warning').length;
  return [
    `${counted(checks.length, 'check')}: ${counts.join(', ')}`,
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...(end === undefined ? [] : [durationText(end.durationMs), `exit code ${end.exit}`]),
  ].join(' \u00b7 ');
}

export function checksSection({ checks }: RunView): Markup {
  return markup`<section>
<h2>Checks</h2>
<table class="checks">
<thead><tr><th scope="col">Check</th><th scope="col">Result</th>
<th scope="col" class="number">Time</th><th scope="col">Found, and what to do</th></tr></thead>
<tbody>
${checks.map(checkRow)}</tbody>
</table>
</section>`;
}

function checkRow(check: CheckView): Markup {
  const result = resultOf(check);
  const tone = isUnremarkable(check) ? 'plain' : TONES[result];
  const time = check.end === undefined ? '' : durationText(check.durationMs);
  return markup`<tr id="check-${check.id}" class="${tone === 'good' ? 'plain' : tone}">
<th scope="row">${check.id}<span>${check.question}</span></th>
<td class="result"><span class="badge ${tone === 'plain' ? '' : tone}">${RESULT_WORDS[result]}</span></td>
<td class="number time">${time}</td>
<td>${foundBy(check)}</td>
</tr>
`;
}

/** A skip that is allowed is no reason to look. */
function isUnremarkable({ end }: CheckView): boolean {
  return end?.result === 'skip' && end.isAllowed;
}

function foundBy(check: CheckView): Markup {
  const { end, changes, findings, further } = check;
  const isTold = findings.some(({ severity }) => severity === 'fail');
  const reason = end === undefined || (end.result === 'fail' && isTold) ? '' : end.reason;
  const more = [...further].map(([slug, count]) => {
    return markup`<p class="finding muted">${slug}: ${counted(count, 'time')} more</p>`;
  });
  const paragraphs = [
    when(reason !== '', () => {
      const allowed = end?.isAllowed === true ? ' (allowed)' : '';
      return markup`<p class="finding">${reason}${allowed}</p>`;
    }),
    when(
      check.end === undefined && check.isStarted,
      () => markup`<p class="finding">It had not ended.</p>`,
    ),
    ...findings.map((finding) => findingParagraph(check, finding)),
    ...more,
    roundsParagraph(check),
    when(
      changes !== undefined,
      () => markup`<p class="finding muted">Changes: ${changes ?? ''}</p>`,
    ),
  ].filter((paragraph) => paragraph !== NONE);
  if (paragraphs.length > 0) return markup`${paragraphs}`;
  return markup`<span class="muted">${numbersOf(check)}</span>`;
}

function findingParagraph(check: CheckView, finding: Finding): Markup {
  const { severity, slug, text, evidence } = finding;
  const link = when(
    evidence.length > 0,
    () => markup` <a href="#${evidenceId(check, finding)}">evidence</a>`,
  );
  const word = severity === 'warning' ? 'warning: ' : '';
  return markup`<p class="finding ${severity}"><span class="slug mono">${word}${slug}</span>${prose(text)}${link}</p>
`;
}

/** Text in which a command stands between backticks. */
function prose(text: string): readonly Markup[] {
  const parts = text.split('`');
  const isPaired = parts.length % 2 === 1;
  if (!isPaired) return [markup`${text}`];
  return parts.map((part, at) => (at % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}

/** Says when a check ran more than once: one that passes in the end stays failed. */
function roundsParagraph({ end, rounds, failedRounds }: CheckView): Markup {
  const { retested } = end ?? {};
  if (retested !== undefined) {
    const { failures, tries } = retested;
    return markup`<p class="finding">Tried ${counted(tries, 'time')}: failed in ${failures}.</p>`;
  }
  if (rounds < 2) return NONE;
  return markup`<p class="finding muted">${counted(rounds, 'round')}, ${failedRounds} failed.</p>`;
}

function numbersOf({ measurements, facts }: CheckView): string {
  const texts = [...measurements.values()].map(
    ({ name, value, unit }) => `${name} ${quantity(value, unit)}`,
  );
  const others = [...facts].map(([name, value]) => `${name} ${String(value)}`);
  return [...texts, ...others].slice(0, NUMBERS_SHOWN).join(' \u00b7 ');
}

/** `9.95 ms (at most 50)`, and a word when it is outside. */
export function measurementText({ value, unit, bounds }: Measurement): string {
  const limits = boundsText(bounds);
  if (limits === '') return quantity(value, unit);
  const outside = isWithin(value, bounds) ? '' : ', outside';
  return `${quantity(value, unit)} (${limits}${outside})`;
}
