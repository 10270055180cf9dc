/** What the shells offer, from the tree of commands. */

import { expect, test } from 'vitest';

import { offersOf } from '../../../src/cli/pages/words.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { offenders } from '../../support/lists.ts';

const OFFERS = offersOf(PROGRAM);

test('every command can be reached by the words that are offered', () => {
  const reached = OFFERS.first.flatMap(({ name }) => {
    const family = OFFERS.families.find((one) => one.name === name);
    return family === undefined ? [name] : family.actions.map((action) => `${name} ${action.name}`);
  });

  expect(reached.sort()).toEqual([...PROGRAM.commands.map(({ name }) => name), 'help'].sort());
});

test('a placeholder says whether a file, a folder or a name is wanted', () => {
  const names = { name: '<kind>', help: '', names: ['a', 'b'] };
  const words = [{ name: '<file>', help: '' }, names, { name: '[id...]', help: '' }];
  const options = { cache: { value: 'folder', help: '' }, flag: { help: '' } };
  const { commands, taking } = offersOf({
    ...{ name: 'any', help: '', version: '' },
    commands: [{ name: 'one', help: '', words, options }],
  });

  expect(
    commands[0]?.words.map(({ name, offer, isRepeated }) => [name, offer, isRepeated]),
  ).toEqual([
    ['file', { kind: 'files' }, false],
    ['kind', { kind: 'names', names: ['a', 'b'] }, false],
    ['id', { kind: 'nothing' }, true],
  ]);
  expect(commands[0]?.options).toEqual([
    { name: '--cache', help: '', value: { name: 'folder', offer: { kind: 'folders' } } },
    { name: '--flag', help: '' },
  ]);
  expect(taking).toEqual(['--cache']);
});

test('no name that is offered needs quoting', () => {
  const words = OFFERS.commands.flatMap((command) => command.words);
  const options = [OFFERS.options, ...OFFERS.commands.map((command) => command.options)].flat();
  const offers = [...words.map(({ offer }) => offer), ...options.map((one) => one.value?.offer)];
  const names = offers.flatMap((offer) => (offer?.kind === 'names' ? offer.names : []));
  const all = [
    ...names,
    ...options.map(({ name }) => name),
    ...OFFERS.first.map((one) => one.name),
  ];

  expect(offenders(all, (name) => !/^[\w.=/-]+$/.test(name))).toEqual([]);
});
