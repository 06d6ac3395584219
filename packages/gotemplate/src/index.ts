export { NIL_MAP } from './arguments.ts';
export { Budget, type BudgetLimits } from './budget.ts';
export { goBuiltins } from './builtins.ts';
export { BudgetError, GoError, TemplateError, type TemplateErrorInit, type TemplateFrame } from './errors.ts';
export { floatToInt64, toFloat64, toInt64, toText, wrapInt64 } from './cast.ts';
export { goDeepEqual } from './deep-equal.ts';
export { escapeHtml, escapeJs, escapeQuery } from './escape.ts';
export { formatFloat, formatFloatValue } from './floats.ts';
export { formatValue, sprint, sprintln } from './fmt.ts';
export { functionTable, goFunc, mergeTables } from './functions.ts';
export {
  GO_TYPE,
  GoObject,
  GoValue,
  type CallContext,
  type FunctionTable,
  type GoCall,
  type GoFunc,
  type MaybeValue,
  type ParamType,
  type TemplateMap,
  type Templates,
  type TemplateValue,
} from './model.ts';
export { compactJson, parseGoJson, prettyJson, toJsonValue } from './json.ts';
export { formatGo } from './printf.ts';
export { goQuote, goUnquote } from './quote.ts';
export { compileRegexp, GoRegexp } from './regexp.ts';
export { sprigFunctions, type SprigEnvironment } from './sprig/index.ts';
export { isEmpty } from './sprig/defaults.ts';
export { GoVersion } from './sprig/semver.ts';
export { CompiledTemplate, TemplateCache, TemplateSet, type ExecuteOptions, type TemplateSetOptions } from './template-set.ts';
export { byteLength, byteSlice, bytesToText, isAscii, textToBytes, trimSpace } from './text.ts';
export { GoDuration, GoTime } from './time/go-time.ts';
export { truth } from './truth.ts';
export {
  ANY,
  ANY_MAP,
  ANY_SLICE,
  STRING,
  STRING_MAP,
  STRING_SLICE,
  mapType,
  pointerType,
  sliceType,
  structType,
  type GoKind,
  type GoType,
} from './types.ts';
export {
  GoBytes,
  GoComplex,
  GoInt,
  GoNamedInt,
  GoNamedMap,
  goInt,
  goInt64,
  goTypeOf,
  intSlice,
  integerOf,
  isMap,
  kindName,
  mapOf,
  namedMap,
  stringMap,
  stringSlice,
  typeName,
  typedMap,
  typedSlice,
} from './values.ts';
