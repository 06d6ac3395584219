import { expect, test } from 'vitest';
import { renderFiles } from '../testing.ts';
import { defaultCapabilities } from './capabilities.ts';

function notes(template: string, helmVersion: 3 | 4): string {
  const capabilities = defaultCapabilities({ kubeVersion: 'v1.29.3+k3s1', helmVersion });
  return renderFiles({ 'templates/NOTES.txt': template }, { capabilities, helmVersion }).notes;
}

// recorded from helm 4.2.3 and 3.17.3
test.each([
  ['{{ .Capabilities.KubeVersion }}', 'v1.29.3', 'v1.29.3+k3s1'],
  ['{{ $k := .Capabilities.KubeVersion }}{{ $k }}', 'v1.29.3', 'v1.29.3+k3s1'],
  ['{{ .Capabilities.KubeVersion.String }}', 'v1.29.3', 'v1.29.3+k3s1'],
  ['{{ printf "%v" .Capabilities.KubeVersion }}', '{v1.29.3+k3s1 v1.29.3 1 29}', '{v1.29.3+k3s1 1 29}'],
  [
    '{{ printf "%+v" .Capabilities.KubeVersion }}',
    '{Version:v1.29.3+k3s1 normalizedVersion:v1.29.3 Major:1 Minor:29}',
    '{Version:v1.29.3+k3s1 Major:1 Minor:29}',
  ],
  ['{{ printf "%q" .Capabilities.KubeVersion }}', '{"v1.29.3+k3s1" "v1.29.3" "1" "29"}', '{"v1.29.3+k3s1" "1" "29"}'],
  ['{{ .Capabilities.KubeVersion | toString }}', '{v1.29.3+k3s1 v1.29.3 1 29}', '{v1.29.3+k3s1 1 29}'],
  ['{{ list .Capabilities.KubeVersion | join "," }}', '{v1.29.3+k3s1 v1.29.3 1 29}', '{v1.29.3+k3s1 1 29}'],
  ['{{ printf "%v" .Capabilities | trunc 30 }}', '&{{v1.29.3+k3s1 v1.29.3 1 29} ', '&{{v1.29.3+k3s1 1 29} [v1 admi'],
] as const)('%s prints the version only where Go has its address', (template, helm4, helm3) => {
  expect([notes(template, 4), notes(template, 3)]).toEqual([helm4, helm3]);
});
