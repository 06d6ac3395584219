import { join } from 'node:path';
import { ROOT, type Sandbox } from './harness.ts';

/** The examples: each cluster of the fleet becomes ready with nothing but this machine. */
export async function examples(box: Sandbox): Promise<void> {
  for (const cluster of ['staging', 'production']) {
    const ran = await box.flux(['dev', join(ROOT, 'examples/fleet'), '--path', `clusters/${cluster}`, '--until-ready', '--timeout', '2m']);
    box.check(`examples/fleet clusters/${cluster} becomes ready`, ran.code === 0, ran);
    box.check(`node has nothing to warn of with clusters/${cluster}`, !/\(node:\d+\)/.test(ran.err), ran);
  }
}
