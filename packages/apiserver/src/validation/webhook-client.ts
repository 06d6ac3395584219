import type { JsonObject } from '@flux-ts/base';
import { checkDnsSubdomain, checkPortNumber } from '@flux-ts/schema';
import { number, part, text } from './read.ts';
import type { Report } from './report.ts';

/** Where a webhook is called: exactly one of a URL and a Service. @see apiserver pkg/util/webhook/validation.go */
export function webhookClient(config: JsonObject | undefined, path: string, report: Report): void {
  const url = config?.['url'];
  const service = part(config, 'service');
  if ((typeof url === 'string') === (service !== undefined)) return report.required(path, 'exactly one of url or service is required');
  if (typeof url === 'string') webhookUrl(url, `${path}.url`, report);
  else if (service !== undefined) webhookService(service, `${path}.service`, report);
}

const FORM = '; desired format: https://host[/path]';

function webhookUrl(url: string, path: string, report: Report): void {
  const parsed = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url);
  const [, scheme = '', authority = '', , query = '', fragment = ''] = parsed ?? [];
  if (scheme !== 'https') report.invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (authority.replace(/^.*@/, '') === '') report.invalid(path, '', `host must be specified${FORM}`);
  if (authority.includes('@')) report.invalid(path, authority.replace(/@.*$/, ''), 'user information is not permitted in the URL');
  if (fragment.length > 1) report.invalid(path, fragment.slice(1), 'fragments are not permitted in the URL');
  if (query.length > 1) report.invalid(path, query.slice(1), 'query parameters are not permitted in the URL');
}

function webhookService(service: JsonObject, path: string, report: Report): void {
  if (text(service, 'name') === '') report.required(`${path}.name`, 'service name is required');
  if (text(service, 'namespace') === '') report.required(`${path}.namespace`, 'service namespace is required');
  const port = number(service, 'port') ?? 443;
  if (checkPortNumber(port).length > 0) report.invalid(`${path}.port`, port, `port is not valid: ${checkPortNumber(port).join(',')}`);
  const urlPath = service['path'];
  if (typeof urlPath !== 'string') return;
  const at = `${path}.path`;
  if (urlPath === '/' || urlPath === '') return;
  if (urlPath === '//') return report.invalid(at, urlPath, 'segment[0] may not be empty');
  if (!urlPath.startsWith('/')) report.invalid(at, urlPath, "must start with a '/'");
  urlPath
    .slice(1)
    .replace(/\/$/, '')
    .split('/')
    .forEach((step, i) => {
      if (step === '') return report.invalid(at, urlPath, `segment[${i}] may not be empty`);
      for (const why of checkDnsSubdomain(step)) report.invalid(at, urlPath, `segment[${i}]: ${why}`);
    });
}
