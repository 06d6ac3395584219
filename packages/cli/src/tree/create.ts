import type { Command } from '../frame/command.ts';
import { flag, persistent } from './flag.ts';

/** `flux create`. */
export const create: Command = {
  name: 'create',
  short: 'Create or update sources and resources',
  flags: persistent(
    flag('interval', 'duration', 'source sync interval', '1m0s'),
    flag('export', 'bool', 'export in YAML format to stdout'),
    flag('label', 'strings', 'set labels on the resource (can specify multiple labels with commas: label1=value1,label2=value2)'),
  ),
  commands: [
    {
      name: 'source',
      short: 'Create or update sources',
      flags: persistent(
        flag(
          'fetch-timeout',
          'duration',
          'set a timeout for fetch operations performed by source-controller (e.g. "git clone" or "helm repo update")',
          '1m0s',
        ),
      ),
      commands: [
        {
          name: 'git',
          use: '[name]',
          short: 'Create or update a GitRepository source',
          flags: [
            flag('url', 'string', 'git address, e.g. ssh://git@host/org/repository'),
            flag('branch', 'string', 'git branch'),
            flag('tag', 'string', 'git tag'),
            flag('tag-semver', 'string', 'git tag semver range'),
            flag('ref-name', 'string', 'git reference name'),
            flag('commit', 'string', 'git commit'),
            flag('username/u', 'string', 'basic authentication username'),
            flag('password/p', 'string', 'basic authentication password'),
            flag('ca-file', 'string', 'path to TLS CA file used for validating self-signed certificates'),
            flag('secret-ref', 'string', 'the name of an existing secret containing SSH or basic credentials or github app authentication'),
            flag('proxy-secret-ref', 'string', 'the name of an existing secret containing the proxy address and credentials'),
            flag('provider', 'string', 'the Git provider name, available options are: (generic|azure|github)'),
            flag(
              'recurse-submodules',
              'bool',
              'when enabled, configures the GitRepository source to initialize and include Git submodules in the artifact it produces',
            ),
            flag('silent/s', 'bool', 'assumes the deploy key is already setup, skips confirmation'),
            flag('ignore-paths', 'strings', 'set paths to ignore in git resource (can specify multiple paths with commas: path1,path2)'),
            flag(
              'sparse-checkout-paths',
              'strings',
              'set paths to sparse checkout in git resource (can specify multiple paths with commas: path1,path2)',
            ),
          ],
          load: () => import('../commands/create-source-git.ts'),
        },
      ],
    },
    {
      name: 'kustomization',
      aliases: ['ks'],
      use: '[name]',
      short: 'Create or update a Kustomization resource',
      flags: [
        flag(
          'source',
          'string',
          "source that contains the Kubernetes manifests in the format '[<kind>/]<name>.<namespace>', where kind must be one of: (OCIRepository, GitRepository, Bucket, ExternalArtifact), if kind is not specified it defaults to GitRepository",
        ),
        flag('path', 'string', 'path to the directory containing a kustomization.yaml file', './'),
        flag('prune', 'bool', 'enable garbage collection'),
        flag('wait', 'bool', 'enable health checking of all the applied resources'),
        flag('health-check', 'strings', "workload to be included in the health assessment, in the format '<kind>/<name>.<namespace>'"),
        flag('health-check-timeout', 'duration', 'timeout of health checking operations', '2m0s'),
        flag(
          'depends-on',
          'strings',
          "Kustomization that must be ready before this Kustomization can be applied, supported formats '<name>' and '<namespace>/<name>', also accepts comma-separated values",
        ),
        flag('service-account', 'string', 'the name of the service account to impersonate when reconciling this Kustomization'),
        flag('decryption-provider', 'string', 'decryption provider, available options are: (sops)'),
        flag(
          'decryption-secret',
          'string',
          'set the Kubernetes secret name that contains the OpenPGP private keys used for sops decryption',
        ),
        flag('target-namespace', 'string', 'overrides the namespace of all Kustomization objects reconciled by this Kustomization'),
        flag(
          'kubeconfig-secret-ref',
          'string',
          'the name of the Kubernetes Secret that contains a key with the kubeconfig file for connecting to a remote cluster',
        ),
        flag('retry-interval', 'duration', 'the interval at which to retry a previously failed reconciliation'),
      ],
      load: () => import('../commands/create-kustomization.ts'),
    },
  ],
};
