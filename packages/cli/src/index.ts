export { commandTree } from './tree.ts';
export { runCommand, type Command, type CommandContext, type CommandModule } from './frame/command.ts';
export type { Io } from './frame/io.ts';
