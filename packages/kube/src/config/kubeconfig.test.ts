import { expect, test } from 'vitest';
import { contextOf, KubeconfigError, mergeKubeconfigs, parseKubeconfig } from './kubeconfig.ts';
import { mergeContext, removeContext } from './write.ts';

const config = (user: string, cluster = ''): string => `
current-context: a
contexts:
- {name: a, context: {cluster: c, user: u, namespace: team}}
clusters:
- name: c
  cluster: {server: "https://127.0.0.1:6443"${cluster}}
users:
- name: u
  user: ${user}
`;

test('a context resolves its cluster, user and namespace', () => {
  const context = contextOf(parseKubeconfig(config('{token: t}', ', certificate-authority-data: "Q0E="')));
  expect(context).toMatchObject({ name: 'a', server: 'https://127.0.0.1:6443', token: 't', caPem: 'CA', namespace: 'team' });
});

test.each([
  { name: 'a command', user: '{exec: {apiVersion: v1, command: sh, args: [-c, id]}}', cluster: '' },
  { name: 'an auth provider', user: '{auth-provider: {name: gcp}}', cluster: '' },
  { name: 'a token file', user: '{tokenFile: /etc/passwd}', cluster: '' },
  { name: 'a certificate file', user: '{client-certificate: /x}', cluster: '' },
  { name: 'an authority file', user: '{token: t}', cluster: ', certificate-authority: /x' },
  { name: 'an unverified server', user: '{token: t}', cluster: ', insecure-skip-tls-verify: true' },
])('a kubeconfig with $name is refused unless it is allowed', ({ user, cluster }) => {
  const parsed = parseKubeconfig(config(user, cluster));
  expect(() => contextOf(parsed)).toThrow(expect.objectContaining({ code: 'KUBECONFIG_REFUSED' }) as KubeconfigError);
});

test('what is allowed is read', () => {
  const parsed = parseKubeconfig(config('{exec: {command: get-token, args: [x]}}', ', insecure-skip-tls-verify: true'));
  const context = contextOf(parsed, 'a', { allowExec: true, allowInsecure: true, readFile: () => 'file' });
  expect(context.exec).toMatchObject({ command: 'get-token', args: ['x'] });
  expect(context.insecure).toBe(true);
  const files = contextOf(parseKubeconfig(config('{tokenFile: t}')), 'a', { readFile: (path) => `of ${path}\n` });
  expect(files.token).toBe('of t');
});

test('a context that does not exist is an error of its own', () => {
  expect(() => contextOf(parseKubeconfig(config('{}')), 'b')).toThrow('context "b" does not exist');
});

test('of several files the first to set a name wins', () => {
  const first = parseKubeconfig(config('{token: first}'));
  const second = parseKubeconfig(config('{token: second}').replaceAll('current-context: a', 'current-context: b'));
  expect(contextOf(mergeKubeconfigs([first, second])).token).toBe('first');
});

test('writing a context keeps the others, and taking it out gives them back', () => {
  const before = mergeContext('', { name: 'old', server: 'http://a', token: 'x' });
  const after = mergeContext(before, { name: 'new', server: 'https://b', caPem: 'CA', certPem: 'C', keyPem: 'K', namespace: 'team' }, true);
  expect(contextOf(parseKubeconfig(after))).toMatchObject({
    name: 'new',
    server: 'https://b',
    caPem: 'CA',
    certPem: 'C',
    keyPem: 'K',
    namespace: 'team',
  });
  expect(contextOf(parseKubeconfig(after), 'old')).toMatchObject({ server: 'http://a', token: 'x' });
  const without = parseKubeconfig(removeContext(after, 'new'));
  expect([...without.contexts.keys()]).toEqual(['old']);
  expect(without.currentContext).toBeUndefined();
});
