import { didYouMean } from '@flux-ts/base';
import { parseFlags, UsageError, type Flags, type FlagSpec } from './flags.ts';
import type { Io } from './io.ts';

/** What a command is given. */
export interface CommandContext {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly io: Io;
  /** The words that named the command, without `flux`. */
  readonly path: readonly string[];
}

/** The module of a command, loaded when the command is run. */
export interface CommandModule {
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>;
}

/** A node of the command tree. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name in the usage line, e.g. `[name]`. */
  readonly use?: string;
  readonly short: string;
  readonly flags?: readonly FlagSpec[];
  readonly commands?: readonly Command[];
  readonly load?: () => Promise<CommandModule>;
  /** Takes every word after its name as it is: the command reads its own flags. */
  readonly raw?: boolean;
  readonly hidden?: boolean;
}

interface Found {
  readonly chain: readonly Command[];
  readonly rest: readonly string[];
}

/** Follows the words of the line down the tree; flags between the words belong to the command at the end. */
function find(root: Command, words: readonly string[]): Found {
  const chain = [root];
  const rest: string[] = [];
  let at = root;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (at.raw === true || word === '--') {
      rest.push(...words.slice(i));
      break;
    }
    if (word.startsWith('-')) {
      rest.push(word);
      if (takesValue(chain, word) && words[i + 1] !== undefined) rest.push(words[++i] as string);
      continue;
    }
    const next: Command | undefined = at.commands?.find((c) => c.name === word || c.aliases?.includes(word) === true);
    if (next === undefined) {
      rest.push(...words.slice(i));
      break;
    }
    chain.push(next);
    at = next;
  }
  return { chain, rest };
}

function takesValue(chain: readonly Command[], word: string): boolean {
  if (word.includes('=')) return false;
  const specs = flagsOf(chain);
  const spec = word.startsWith('--')
    ? specs.find((s) => s.name === word.slice(2))
    : word.length === 2
      ? specs.find((s) => s.short === word[1])
      : undefined;
  return spec !== undefined && spec.type !== 'bool';
}

function flagsOf(chain: readonly Command[]): readonly FlagSpec[] {
  const own = chain.at(-1)?.flags ?? [];
  const inherited = chain.slice(0, -1).flatMap((command) => (command.flags ?? []).filter((flag) => flag.persistent === true));
  const help: FlagSpec = { name: 'help', short: 'h', type: 'bool', usage: `help for ${chain.at(-1)?.name ?? ''}` };
  return [...own, ...inherited.filter((flag) => !own.some((o) => o.name === flag.name)), help];
}

/**
 * Runs the command that the words name.
 * @returns the exit code; errors are printed as `✗ message`
 */
export async function runCommand(root: Command, words: readonly string[], io: Io): Promise<number> {
  const { chain, rest } = find(root, words);
  const command = chain.at(-1) as Command;
  const path = chain.slice(1).map((c) => c.name);
  try {
    if (command.raw === true && command.load !== undefined) {
      const { flags } = parseFlags([], flagsOf(chain));
      return await (await command.load()).run({ args: rest, flags, io, path });
    }
    const { flags, args } = parseFlags(rest, flagsOf(chain));
    if (flags.bool('help')) return (io.out(help(chain)), 0);
    if (command.load === undefined) return group(chain, args, io);
    return await (await command.load()).run({ args, flags, io, path });
  } catch (error) {
    return report(error, io, chain);
  }
}

function group(chain: readonly Command[], args: readonly string[], io: Io): number {
  const [word] = args;
  if (word === undefined) return (io.out(help(chain)), 0);
  const names = (chain.at(-1)?.commands ?? []).flatMap((c) => [c.name, ...(c.aliases ?? [])]);
  const near = didYouMean(word, names);
  const full = ['flux', ...chain.slice(1).map((c) => c.name)].join(' ');
  io.err(
    `✗ unknown command ${JSON.stringify(word)} for ${JSON.stringify(full)}${near === undefined ? '' : `\n\nDid you mean this?\n\t${near}\n`}\n`,
  );
  return 1;
}

function report(error: unknown, io: Io, chain: readonly Command[]): number {
  if (io.signal.aborted) return (io.err('\n'), 130);
  const message = error instanceof Error ? error.message : String(error);
  io.err(`✗ ${message}\n`);
  if (error instanceof UsageError)
    io.err(
      `  run "flux ${chain
        .slice(1)
        .map((c) => c.name)
        .join(' ')} --help" for its flags\n`.replace('  ', ' '),
    );
  if (io.env['FLUX_TS_DEBUG'] !== undefined && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
  return 1;
}

/** Prints the help of a command as cobra lays it out. */
function help(chain: readonly Command[]): string {
  const command = chain.at(-1) as Command;
  const full = ['flux', ...chain.slice(1).map((c) => c.name)].join(' ');
  const out = [command.short, '', 'Usage:'];
  if (command.load !== undefined) out.push(`  ${full}${command.use === undefined ? '' : ` ${command.use}`} [flags]`);
  const commands = (command.commands ?? []).filter((c) => c.hidden !== true);
  if (commands.length > 0) {
    const width = Math.max(...commands.map((c) => c.name.length));
    out.push(`  ${full} [command]`, '', 'Available Commands:', ...commands.map((c) => `  ${c.name.padEnd(width)} ${c.short}`));
  }
  if (command.aliases !== undefined && command.aliases.length > 0)
    out.push('', 'Aliases:', `  ${[command.name, ...command.aliases].join(', ')}`);
  const specs = flagsOf(chain).filter((flag) => flag.hidden !== true);
  if (command.raw !== true) out.push('', 'Flags:', ...flagLines(specs));
  return `${out.join('\n')}\n`;
}

function flagLines(specs: readonly FlagSpec[]): string[] {
  const rows = specs.map(
    (flag) =>
      [
        `  ${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}${flag.type === 'bool' ? '' : ` ${flag.type}`}`,
        `${flag.usage}${flag.default === undefined || flag.default === '' || flag.default === 'false' ? '' : ` (default ${flag.type === 'string' ? JSON.stringify(flag.default) : flag.default})`}`,
      ] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}   ${right}`);
}
