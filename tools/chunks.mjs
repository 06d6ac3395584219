// Turns the ES modules that esbuild splits a bundle into (it splits no other format) into scripts for tools/start.cjs:
// each becomes one function expression of (require, module, exports).
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const EXPORTS = /(var|,)\s?stdin_exports=\{\};__export\(stdin_exports,\{([^}]*)\}\);module\.exports=__toCommonJS\(stdin_exports\);/;

/**
 * Rewrites every chunk (`*.cjs`) of a folder in place.
 * @param esbuild the module `esbuild` @param outputs what its metafile says of the chunks
 */
export async function toScripts(folder, esbuild, outputs) {
  const later = libraries(outputs);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cjs'))) {
    const path = join(folder, name);
    const { code } = await esbuild.transform(readFileSync(path, 'utf8'), {
      format: 'cjs',
      platform: 'node',
      target: 'node20.19',
      supported: { 'dynamic-import': false }, // becomes a promise of require
      logOverride: { 'empty-import-meta': 'error' }, // a script has none
      minifySyntax: true,
      minifyWhitespace: true,
      logLevel: 'error',
    });
    writeFileSync(path, ascii(`(function(require,module,exports){"use strict";${loadedLater(exportedByValue(code), later)}\n})`));
  }
}

/** The chunks that hold nothing of ours, and what they export: large libraries for what few commands do. */
function libraries(outputs) {
  const found = new Map();
  for (const [path, { inputs, exports }] of Object.entries(outputs)) {
    const sources = Object.keys(inputs);
    if (sources.length > 0 && sources.every((source) => source.includes('node_modules/'))) found.set(basename(path), exports);
  }
  return found;
}

/** Loads libraries when something of them is first used. */
function loadedLater(code, later) {
  return code.replace(/\b(import_[\w$]+)=require\("\.\/([^"]+)"\)/g, (all, local, name) => {
    const fields = later.get(name)?.map((field) => `get ${field}(){return require("./${name}").${field}}`);
    return fields === undefined ? all : `${local}={${fields.join(',')}}`;
  });
}

/**
 * esbuild exports through getters, for circles and for variables that change. Chunks have no circles (each imports only those
 * that more entries share), so that what never changes can be exported when the chunk is done, without a call at each use.
 */
function exportedByValue(code) {
  const found = EXPORTS.exec(code);
  if (found === null) return code;
  const [head, lead, list] = found;
  const fields = list.split(',').map((item) => {
    const [name, local] = item.split(':()=>');
    return isAssignedOnce(code, local) ? `${name}:${local}` : `get ${name}(){return ${local}}`;
  });
  return `${code.replace(head, lead === ',' ? ';' : '')}module.exports={__esModule:!0,${fields.join(',')}};`;
}

/** By its text: what looks like an assignment and is none costs a getter only. */
function isAssignedOnce(code, local) {
  if (!/^[\w$]+$/.test(local)) return false; // a name of another chunk, exported again
  const name = local.replaceAll('$', '\\$');
  const declared = new RegExp(`(?:function\\*? ?|class )${name}[({ ]`).test(code) ? 0 : 1;
  const assigned = new RegExp(`(?<![.\\w$])${name}(?:=(?![=>])|[-+*/%&|^?<>]{1,3}=|\\+\\+|--)|(?:\\+\\+|--)${name}(?![\\w$])`, 'g');
  return [...code.matchAll(assigned)].length === declared;
}

/** One byte a character is read and kept in memory at half the price. What esbuild leaves stands in regular expressions. */
function ascii(code) {
  return code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
