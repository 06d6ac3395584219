import { GoError, TemplateError, goQuote } from '@flux-ts/gotemplate';
import { RenderError } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { failMessage } from './functions.ts';

/** One level of a failed execution, as Helm 4 prints it. */
function block(error: TemplateError): string {
  const frame = error.frame;
  if (error.code === 'TEMPLATE_MISSING' || frame === undefined) return `${error.message}\n`;
  const place = `${frame.parseName}:${frame.line}:${frame.column}`;
  const head = `template: ${place}: executing ${goQuote(frame.template)} at <${frame.node}>: `;
  const message = error.message.startsWith(head) ? error.message.slice(head.length) : error.reason;
  const nested = message.indexOf(' template:');
  const reason = nested < 0 ? message : message.slice(0, nested);
  return `${place}\n  executing ${goQuote(frame.template)} at <${frame.node}>:\n    ${reason}\n`;
}

/** Helm 4's form: a block a level, where every error of the chain is a template's own. */
function traced(error: TemplateError): string | undefined {
  const blocks: string[] = [];
  for (let at: unknown = error; at !== undefined; at = (at as Error).cause) {
    if (!(at instanceof TemplateError)) return undefined;
    const text = block(at);
    if (blocks.at(-1) !== text) blocks.push(text);
  }
  return blocks.join('').trim();
}

/** The error of a template that could not be executed, in Helm's words. */
export function executionError(file: string, error: TemplateError, helmVersion: HelmMajor): RenderError {
  const frame = error.frame;
  const failed = failMessage(error.message);
  const place = frame === undefined ? file : `${frame.parseName}:${frame.line}:${frame.column}`;
  let message = error.message;
  if (failed !== undefined) message = `execution error at (${place}): ${failed}`;
  else if (helmVersion === 4) message = traced(error) ?? error.message;
  return new RenderError({ code: 'RENDER_EXEC', message, template: file, cause: error });
}

/** The error of a template that could not be parsed, in Helm's words. */
export function parseError(file: string, error: TemplateError | GoError): RenderError {
  const tokens = error.message.split(': ');
  const message = tokens.length === 1 ? `parse error in (${file}): ${error.message}` : `parse error at (${tokens[1]}): ${tokens.at(-1)}`;
  return new RenderError({ code: 'RENDER_PARSE', message, template: file, cause: error });
}
