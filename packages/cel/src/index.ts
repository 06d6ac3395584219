export { dynamicEnv, fluxEnv, kubernetesEnvs, type CelEnv, type KubernetesEnvOptions } from './env.ts';
export { CelError } from './errors.ts';
export { fromJson, toJson } from './json-values.ts';
export { CALL_COST_LIMIT, compileCel, evaluateToJson, type CelProgram, type EvaluateOptions, type Outcome } from './program.ts';
export { type CelType } from './types.ts';
export {
  CelBytes,
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
} from './values.ts';
export {
  celRules,
  type CelRulesOptions,
  type RuleAnswer,
  type RuleCompiler,
  type RuleEstimate,
  type RuleProgram,
  type RuleSource,
  type RuleVariables,
} from './rules.ts';
