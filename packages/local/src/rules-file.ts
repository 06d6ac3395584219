import { readFileSync } from 'node:fs';
import { errorMessage } from '@flux-ts/base';
import { readSimulatorRules, RulesError, type SimulatorRules } from '@flux-ts/simulator';

/** The name of a rules file that is found by itself at the top of a fleet. */
export const RULES_FILE_NAME = '.flux-simulator.yaml';

/**
 * Reads a file with rules for the simulator.
 * @throws RulesError with every mistake in it, its place and what to do, or that the file cannot be read · YamlError
 */
export function readRulesFile(path: string): SimulatorRules {
  return readSimulatorRules(textOf(path), path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const hint = 'give --simulator-rules the path of a YAML file';
    const message = `cannot be read: ${errorMessage(error)}`;
    throw new RulesError([{ severity: 'error', code: 'SIMULATOR_RULES', file: path, line: 1, column: 1, message, hint }]);
  }
}
