// End to end: `npm run e2e [-- examples mission bootstrap]`. Real kubectl, helm and git against this project's commands.
import { bootstrap } from './bootstrap.ts';
import { examples } from './examples.ts';
import { hasMission, hasOracles, Sandbox } from './harness.ts';
import { mission } from './mission.ts';

const chosen = process.argv.slice(2);
const box = new Sandbox();
let skipped = 0;
try {
  for (const [name, suite] of [
    ['examples', examples],
    ['mission', mission],
    ['bootstrap', bootstrap],
  ] as const) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    if (name !== 'examples' && (!hasMission() || !hasOracles())) {
      console.log(
        `skipped ${name}: it needs ${hasMission() ? 'the real programs (node tools/oracle.mjs install)' : 'the test data beside the project'}`,
      );
      skipped++;
      continue;
    }
    console.log(`== ${name}`);
    await suite(box).catch((error: unknown) => box.check(`${name} ran to its end`, false, String(error)));
  }
} finally {
  await box.close();
}
console.log(`${box.passed} passed, ${box.failures.length} failed, ${skipped} skipped`);
process.exitCode = box.failures.length > 0 ? 1 : 0;
