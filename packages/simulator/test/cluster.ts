import { createApiServer, type ObjectChange } from '@flux-ts/apiserver';
import { getString, seededRandom, VirtualClock, type JsonObject, type JsonValue } from '@flux-ts/base';
import { computeStatus, KubeClient, type TypeRef } from '@flux-ts/kube';
import { afterEach } from 'vitest';
import { readSimulatorRules } from '../src/rules/read-rules.ts';
import { createSimulator } from '../src/simulator.ts';
import type { PodRunner } from '../src/pod-runner.ts';

/** What a test's cluster begins with. */
export interface TestClusterOptions {
  readonly seed?: number;
  /** The lists of a rules file. */
  readonly rules?: string;
  readonly pods?: PodRunner;
}

/** An API server with a simulator, on a clock that the test moves. */
export class TestCluster {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  /** Every write, in order: type, kind, key, and the object as it was stored. */
  readonly changes: ObjectChange[] = [];
  readonly #close: () => Promise<void>;

  private constructor(init: { readonly clock: VirtualClock; readonly client: KubeClient; readonly close: () => Promise<void> }) {
    this.clock = init.clock;
    this.client = init.client;
    this.#close = init.close;
  }

  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    const clock = new VirtualClock();
    const random = seededRandom(options.seed ?? 1);
    const server = await createApiServer({ clock, random, freeze: true });
    const client = new KubeClient({ transport: server.transport(), fieldManager: 'test' });
    const stop = new AbortController();
    const head = 'apiVersion: simulator.flux-ts.dev/v1alpha1\nkind: SimulatorRules\n';
    const simulator = createSimulator({
      client,
      clock,
      random,
      certificate: () => ({ ca: 'CA', cert: 'CERT', key: 'KEY' }),
      ...(options.rules === undefined ? {} : { rules: readSimulatorRules(head + options.rules, 'rules.yaml') }),
      ...(options.pods === undefined ? {} : { pods: options.pods }),
    });
    const done = simulator.start(stop.signal);
    const close = async (): Promise<void> => {
      stop.abort(new Error('test over'));
      await clock.advance(0);
      await done;
      await server.close();
    };
    const it = new TestCluster({ clock, client, close });
    server.onChange((change) => it.changes.push(change));
    await clock.advance(0);
    return it;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Runs virtual time until a question is answered with true; throws where it never is. */
  async until(question: () => Promise<boolean> | boolean, stepMs = 250): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (await question()) return;
      await this.clock.advance(stepMs);
    }
    throw new Error(`never came true within ${(400 * stepMs) / 1000} virtual seconds`);
  }

  async list(type: TypeRef, namespace = 'default'): Promise<readonly JsonObject[]> {
    return (await this.client.list(type, { namespace })).items;
  }

  get(type: TypeRef, name = 'web', namespace = 'default'): Promise<JsonObject> {
    return this.client.get(type, { namespace, name });
  }

  /** Changes the spec of an object. */
  async change(type: TypeRef, spec: JsonObject, name = 'web'): Promise<void> {
    await this.client.patch(type, { namespace: 'default', name }, { kind: 'merge', patch: { spec } });
  }

  /** Events as `Kind Reason: message`, in the order in which they were made. */
  events(): readonly string[] {
    return this.changes
      .filter((change) => change.resource === 'events' && change.type === 'ADDED')
      .map(({ object: e }) => `${getString(e, ['involvedObject', 'kind'])} ${getString(e, ['reason'])}: ${getString(e, ['message'])}`);
  }

  /** What kstatus says of an object. */
  async status(type: TypeRef, name = 'web'): Promise<string> {
    return computeStatus(await this.get(type, name), { nowMs: this.clock.now() }).status;
  }

  /** Every write as a line: what, whose, and the whole object. */
  story(): readonly string[] {
    return this.changes.map((change) => `${change.type} ${change.resource} ${JSON.stringify(change.object)}`);
  }
}

/** A workload of one container. */
export function workload(
  kind: TypeRef,
  spec: JsonObject = {},
  template: { readonly annotations?: JsonObject; readonly spec?: JsonObject } = {},
): JsonObject {
  const containers: JsonValue = [{ name: 'c', image: 'registry.example.com/c:1' }];
  const { name, ...rest } = spec as { readonly name?: string } & JsonObject;
  return {
    ...kind,
    metadata: { name: name ?? 'web', namespace: 'default' },
    spec: {
      ...(kind.kind === 'Job' ? {} : { selector: { matchLabels: { app: 'web' } } }),
      ...rest,
      template: {
        metadata: { labels: { app: 'web' }, ...(template.annotations === undefined ? {} : { annotations: template.annotations }) },
        spec: { containers, ...(kind.kind === 'Job' ? { restartPolicy: 'Never' } : {}), ...template.spec },
      },
    },
  };
}

/** A Pod of one container. */
export function pod(spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' }, annotations },
    spec: { containers: [{ name: 'c', image: 'registry.example.com/c:1' }], ...spec },
  };
}

/** What starts the clusters of a file's tests; each test's are closed after it. */
export function clustersOfTests(): (options?: TestClusterOptions) => Promise<TestCluster> {
  const open: TestCluster[] = [];
  afterEach(async () => {
    for (const cluster of open.splice(0)) await cluster.close();
  });
  return async (options) => {
    const cluster = await TestCluster.start(options);
    open.push(cluster);
    return cluster;
  };
}

/** A condition of an object as `status reason`. */
export function told(object: JsonObject, type: string): string {
  const conditions = (object['status'] as { readonly conditions?: readonly JsonObject[] } | undefined)?.conditions ?? [];
  const found = conditions.find((c) => c['type'] === type);
  return found === undefined ? 'none' : `${String(found['status'])} ${String(found['reason'] ?? '')}`.trim();
}
