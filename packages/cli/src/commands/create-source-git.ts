import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { CommandContext } from '../frame/command.ts';
import { durationFlag, finish, head, nameFrom } from './create.ts';

/** `flux create source git NAME --url=... --branch=...`. */
export async function run(context: CommandContext): Promise<number> {
  const { flags } = context;
  const name = nameFrom(context, 'GitRepository source');
  const url = flags.string('url');
  if (url === '') throw new Error('url is required');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  if (scheme === 'file')
    throw new Error(
      `git URL scheme 'file' not supported, can be: ssh, http and https; serve a local repository with "flux dev DIR", or name it in a mirror file`,
    );
  if (scheme === undefined || !['ssh', 'http', 'https'].includes(scheme))
    throw new Error(`git URL scheme '${scheme ?? ''}' not supported, can be: ssh, http and https`);
  const ref = reference(flags);
  const secret = secretFor(context, name);
  const secretName = secret === undefined ? flags.string('secret-ref') : name;
  const ignore = flags.strings('ignore-paths');
  const sparse = flags.strings('sparse-checkout-paths');
  const spec: Record<string, JsonValue> = {
    ...(ignore.length > 0 ? { ignore: ignore.join('\n') } : {}),
    interval: durationFlag(context, 'interval'),
    ...(flags.string('provider') === '' ? {} : { provider: flags.string('provider') }),
    ...(flags.string('proxy-secret-ref') === '' ? {} : { proxySecretRef: { name: flags.string('proxy-secret-ref') } }),
    ...(flags.bool('recurse-submodules') ? { recurseSubmodules: true } : {}),
    ref,
    ...(secretName === '' ? {} : { secretRef: { name: secretName } }),
    ...(sparse.length > 0 ? { sparseCheckout: [...sparse] } : {}),
    ...(flags.changed('fetch-timeout') ? { timeout: durationFlag(context, 'fetch-timeout') } : {}),
    url,
  };
  const object: JsonObject = { ...head(context, { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' }, name), spec };
  return finish(context, {
    label: 'GitRepository source',
    object,
    secrets: secret === undefined ? [] : [secret],
    done: (ready) => [
      'GitRepository source reconciliation completed',
      `fetched revision: ${getString(ready, ['status', 'artifact', 'revision']) ?? ''}`,
    ],
  });
}

function reference(flags: CommandContext['flags']): JsonObject {
  const fields = [
    ['name', 'ref-name'],
    ['tag', 'tag'],
    ['semver', 'tag-semver'],
  ] as const;
  const commit = flags.string('commit');
  const branch = flags.string('branch');
  const given = fields.filter(([, flag]) => flags.string(flag) !== '');
  if (given.length === 0 && commit === '' && branch === '')
    throw new Error('a Git ref is required, use one of the following: --branch, --tag, --commit, --ref-name or --tag-semver');
  if (commit !== '') return { ...(branch === '' ? {} : { branch }), commit };
  const chosen = given[0];
  return chosen === undefined ? { branch } : { [chosen[0]]: flags.string(chosen[1]) };
}

/** The Secret for credentials that stand on the command line; none where `--secret-ref` names one. */
function secretFor(context: CommandContext, name: string): JsonObject | undefined {
  const { flags, io } = context;
  if (flags.string('secret-ref') !== '') return undefined;
  const data: Record<string, string> = {};
  if (flags.string('username') !== '') data['username'] = flags.string('username');
  if (flags.string('password') !== '') data['password'] = flags.string('password');
  const ca = flags.string('ca-file');
  if (ca !== '') {
    const path = resolve(io.cwd, ca);
    if (!existsSync(path)) throw new Error(`unable to read TLS CA file: open ${ca}: no such file or directory`);
    data['ca.crt'] = readFileSync(path, 'utf8');
  }
  const isSsh = flags.string('url').startsWith('ssh://');
  if (isSsh)
    throw new Error(
      'an ssh URL needs a Secret with identity and known_hosts: make one with kubectl and name it with --secret-ref (generating ssh keys is not available in flux-ts yet)',
    );
  if (Object.keys(data).length === 0) return undefined;
  return { ...head(context, { apiVersion: 'v1', kind: 'Secret' }, name), stringData: data };
}
