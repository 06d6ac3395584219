import { describe, expect, test } from 'vitest';
import { runCommand, type Command } from './command.ts';
import { parseFlags, type FlagSpec } from './flags.ts';
import type { Io } from './io.ts';
import { jsonLogger } from './log.ts';
import { printTable } from './table.ts';

const specs: readonly FlagSpec[] = [
  { name: 'all-namespaces', short: 'A', type: 'bool', usage: '' },
  { name: 'namespace', short: 'n', type: 'string', default: 'flux-system', usage: '' },
  { name: 'label', short: 'l', type: 'strings', usage: '' },
  { name: 'timeout', type: 'duration', default: '5m0s', usage: '' },
  { name: 'port', type: 'int', usage: '' },
  { name: 'watch', short: 'w', type: 'bool', usage: '' },
];

describe('flags', () => {
  test.each([
    [['-A', 'x'], { args: ['x'], all: true, namespace: 'flux-system' }],
    [['-nfoo', 'x', '-wA'], { args: ['x'], all: true, namespace: 'foo' }],
    [['-n=foo', '--all-namespaces=false'], { args: [], all: false, namespace: 'foo' }],
    [['--namespace', 'foo', '--', '--all-namespaces'], { args: ['--all-namespaces'], all: false, namespace: 'foo' }],
    [['-', '--namespace='], { args: ['-'], all: false, namespace: '' }],
  ])('%j are read as pflag reads them', (words, want) => {
    const { flags, args } = parseFlags(words, specs);
    expect({ args, all: flags.bool('all-namespaces'), namespace: flags.string('namespace') }).toEqual(want);
  });

  test.each([
    [['--nope'], 'unknown flag: --nope'],
    [['--namespac', 'x'], 'unknown flag: --namespac (did you mean --namespace?)'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['--namespace'], 'flag needs an argument: --namespace'],
    [['-n'], "flag needs an argument: 'n' in -n"],
    [
      ['--all-namespaces=maybe'],
      'invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--timeout', '5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--port=x'], 'invalid argument "x" for "--port" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%j are refused: %s', (words, message) => {
    expect(() => parseFlags(words, specs)).toThrow(message);
  });

  test('lists are split at commas and add up; durations come in milliseconds', () => {
    const { flags } = parseFlags(['-l', 'a=1,b=2', '--label', 'c=3', '--timeout', '90s'], specs);
    expect(flags.strings('label')).toEqual(['a=1', 'b=2', 'c=3']);
    expect(flags.duration('timeout')).toBe(90_000);
  });
});

describe('commands', () => {
  const ran: string[] = [];
  const leaf = (name: string): Command => ({
    name,
    short: name,
    aliases: ['l'],
    flags: [{ name: 'local', type: 'string', usage: 'a flag' }],
    load: () =>
      Promise.resolve({
        run: (context) =>
          Promise.resolve(
            (ran.push(
              `${context.path.join(' ')}|${context.args.join(',')}|${context.flags.string('global')}|${context.flags.string('local')}`,
            ),
            0),
          ),
      }),
  });
  const root: Command = {
    name: 'flux',
    short: 'root',
    flags: [{ name: 'global', short: 'g', type: 'string', usage: 'g', persistent: true }],
    commands: [{ name: 'group', short: 'group', commands: [leaf('leaf')] }],
  };

  async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const io: Io = {
      out: (text) => (out += String(text)),
      err: (text) => (err += text),
      input: () => Promise.resolve(new Uint8Array()),
      env: {},
      cwd: '/',
      isTerminal: false,
      signal: new AbortController().signal,
    };
    return { code: await runCommand(root, words, io), out, err };
  }

  test('flags may stand anywhere between the words', async () => {
    expect(await run('-g', 'one', 'group', '--local=two', 'l', 'name')).toMatchObject({ code: 0, err: '' });
    expect(ran.at(-1)).toBe('group leaf|name|one|two');
  });

  test('an unknown command is refused with the nearest one', async () => {
    const { code, err } = await run('group', 'lea');
    expect(code).toBe(1);
    expect(err).toBe('✗ unknown command "lea" for "flux group"\n\nDid you mean this?\n\tleaf\n\n');
  });

  test('help lists commands, aliases and flags', async () => {
    expect((await run('group', 'leaf', '--help')).out).toContain(
      'Usage:\n  flux group leaf [flags]\n\nAliases:\n  leaf, l\n\nFlags:\n      --local string    a flag\n  -g, --global string   g\n',
    );
  });
});

test('tables pad cells and end each with a tab', () => {
  expect(printTable(['Name', 'Ready'], [['podinfo', 'True']])).toBe('NAME   \tREADY\t\npodinfo\tTrue \t\n');
});

test('logs are JSON lines with secrets masked', () => {
  let text = '';
  jsonLogger((line) => (text += line))
    .with({ controller: 'x' })
    .info('told', { password: 'hunter2', name: 'a' });
  expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'told', controller: 'x', password: '***', name: 'a' });
});
