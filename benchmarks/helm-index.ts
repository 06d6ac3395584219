// Memory that reading a large repository index costs: 44 MB of YAML, as it comes from the network.
// npm run bench:helm-index
import { readIndex } from '@flux-ts/helm';

const MB = 1_000_000;
const WANTED = 44 * MB;
const NOTE = 'What the chart is for, at the length that maintainers of charts are used to write, with a link or two. '.repeat(6);

function entry(chart: number, version: number): string {
  const name = `chart-${chart}`;
  return `  - annotations:
      artifacthub.io/changes: ${JSON.stringify(NOTE)}
      artifacthub.io/images: ${JSON.stringify(NOTE)}
    apiVersion: v2
    appVersion: 1.${version}.0
    created: "2024-01-01T00:00:${String(version % 60).padStart(2, '0')}.000000000Z"
    description: ${name} for Kubernetes
    digest: ${`${chart}a${version}b`.repeat(30).slice(0, 64).padEnd(64, '0')}
    keywords: [one, two]
    maintainers:
    - {email: someone@example.com, name: someone}
    name: ${name}
    urls:
    - https://charts.example.com/${name}-1.${version}.0.tgz
    version: 1.${version}.0
`;
}

let bytes = 0;
// eslint-disable-next-line typescript/require-await -- made of what is there
async function* index(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('apiVersion: v1\nentries:\n');
  for (let chart = 0; bytes < WANTED; chart++) {
    yield Buffer.from(`  chart-${chart}:\n`);
    for (let version = 0; version < 200 && bytes < WANTED; version++) {
      const piece = Buffer.from(entry(chart, version));
      bytes += piece.length;
      yield piece;
    }
  }
  yield Buffer.from('generated: "2024-01-01T00:00:00Z"\n');
}

const before = process.memoryUsage().rss;
const started = performance.now();
const { entries } = await readIndex(index());
const ms = performance.now() - started;
const peak = process.resourceUsage().maxRSS * 1024;
const versions = [...entries.values()].reduce((sum, list) => sum + list.length, 0);
console.log(
  `index of ${(bytes / MB).toFixed(0)} MB, ${versions} versions of ${entries.size} charts: ${ms.toFixed(0)} ms, ${((peak - before) / MB).toFixed(0)} MB of memory above the start; target <= 100`,
);
