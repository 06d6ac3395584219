// Renders every hostile chart in a process of its own, each followed by a good one, and says what came of it as lines of JSON;
// the last line is the largest size of the process. The same file is the program of its workers.
import { RealClock, systemRandom } from '@flux-ts/base';
import { RenderPool, serveRenders } from '../src/index.ts';
import { chartOf, HOSTILE } from './hostile-charts.ts';

const RELEASE = { name: 'r', namespace: 'ns' };

async function main(): Promise<void> {
  const options = { script: { url: import.meta.filename }, clock: new RealClock(), random: systemRandom };
  const patient = new RenderPool(options);
  const strict = new RenderPool({ ...options, timeoutMs: 2000 });
  const good = chartOf('kind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}');
  for (const { name, template, endless } of HOSTILE) {
    const pool = endless === true ? strict : patient;
    if (endless === true) await patient.close();
    const said = await pool.render({ chart: chartOf(template), values: {}, release: RELEASE }).then(
      () => 'nothing',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const after = await pool.render({ chart: good, values: {}, release: RELEASE });
    console.log(JSON.stringify({ name, said, after: after.manifest, maxMiB: process.resourceUsage().maxRSS / 1024 }));
  }
  await strict.close();
  console.log(JSON.stringify({ maxMiB: process.resourceUsage().maxRSS / 1024 }));
}

if (!serveRenders()) await main();
