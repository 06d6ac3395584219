import { expect, test } from 'vitest';
import { ControllerArgsError, gateEnabled, parseControllerArgs } from './options.ts';

test('flags are read in each of their forms; what nobody knows is told', () => {
  const options = parseControllerArgs([
    '--concurrent=20',
    '--requeue-dependency',
    '5s',
    '--no-cross-namespace-refs',
    '--insecure-kubeconfig-exec=false',
    '--feature-gates=A=true,B=false',
    '--feature-gates=C',
    '--override-manager=a',
    '--override-manager=b,c',
    '--custom-apply-stage-kinds=x.io/Foo,Bar',
    '--artifact-digest-algo=sha512',
    '--watch-all-namespaces=true',
    '--log-level=info',
    '--none=1',
    'word',
  ]);
  expect(options).toEqual({
    concurrent: 20,
    requeueDependencyMs: 5000,
    noCrossNamespaceRefs: true,
    insecureKubeconfigExec: false,
    featureGates: { A: true, B: false, C: true },
    overrideManagers: ['a', 'b', 'c'],
    customApplyStageKinds: ['x.io/Foo', '/Bar'],
    artifactDigestAlgo: 'sha512',
    unknown: ['--none', 'word'],
  });
  expect([gateEnabled(options, 'A'), gateEnabled(options, 'B', true), gateEnabled(options, 'D', true)]).toEqual([true, false, true]);
});

test.each(['--watch-all-namespaces=false', '--snapshot-digest-algo=sha512'])('%s is told: it has no effect here', (flag) => {
  expect(parseControllerArgs([flag])).toEqual({ unknown: [flag] });
});

test.each(['--concurrent=many', '--requeue-dependency=soon', '--no-remote-bases=perhaps', '--artifact-digest-algo=md5'])(
  '%s is an error',
  (flag) => {
    expect(() => parseControllerArgs([flag])).toThrow();
  },
);

test('an error names itself', () => {
  expect(() => parseControllerArgs(['--concurrent=many'])).toThrow(ControllerArgsError);
});
