import { processIo } from './frame/io.ts';
import { runCommand } from './frame/command.ts';
import { commandTree } from './tree.ts';

const io = processIo();
process.exitCode = await runCommand(commandTree, process.argv.slice(2), io);
