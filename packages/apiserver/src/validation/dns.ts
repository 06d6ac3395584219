import type { JsonObject } from '@flux-ts/base';
import { checkDnsSubdomain, checkSubdomainWithUnderscore } from '@flux-ts/schema';
import { list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { validIp } from './values.ts';

const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** How a Pod finds names. */
export function dnsConfig(spec: JsonObject, path: string, report: Report): void {
  const config = part(spec, 'dnsConfig');
  const at = `${path}.dnsConfig`;
  const servers = texts(config, 'nameservers');
  if (spec['dnsPolicy'] === 'None') {
    if (config === undefined) return report.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None');
    if (servers.length === 0)
      return report.required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
  }
  if (config === undefined) return;
  if (servers.length > MAX_SERVERS) report.invalid(`${at}.nameservers`, [...servers], `must not have more than ${MAX_SERVERS} nameservers`);
  servers.forEach((server, i) => validIp(server, `${at}.nameservers[${i}]`, report));
  const searches = texts(config, 'searches');
  if (searches.length > MAX_SEARCHES)
    report.invalid(`${at}.searches`, [...searches], `must not have more than ${MAX_SEARCHES} search paths`);
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS)
    report.invalid(
      `${at}.searches`,
      [...searches],
      `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`,
    );
  searches.forEach((search, i) => {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search !== '.') report.invalidFor(`${at}.searches[${i}]`, name, checkSubdomainWithUnderscore(name));
  });
  list(config, 'options').forEach((option, i) => {
    if (text(option, 'name') === '') report.required(`${at}.options[${i}]`, 'must not be empty');
  });
}

/** Names that a Pod's hosts file gets. */
export function hostAliases(spec: JsonObject, path: string, report: Report): void {
  list(spec, 'hostAliases').forEach((alias, i) => {
    validIp(text(alias, 'ip'), `${path}.hostAliases[${i}].ip`, report);
    texts(alias, 'hostnames').forEach((name, j) =>
      report.invalidFor(`${path}.hostAliases[${i}].hostnames[${j}]`, name, checkDnsSubdomain(name)),
    );
  });
}
