// The server that is killed. It loads its modules, then waits for a directory, so that a restart costs what opening it costs.
import { RealClock, systemRandom } from '@flux-ts/base';
import { createApiServer } from '../../src/index.ts';

const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.fault.example' },
  spec: {
    group: 'fault.example',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { data: { type: 'object', additionalProperties: { type: 'string' } } } } },
      },
    ],
  },
};

async function serve(directory: string): Promise<() => Promise<void>> {
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom, persistDir: directory });
  server.seed([WIDGETS]);
  const { url } = await server.listen();
  process.send?.({ url });
  return () => server.close();
}

let opened: Promise<() => Promise<void>> | undefined;
process.on('message', (message: { readonly directory?: string }) => {
  if (message.directory !== undefined) opened = serve(message.directory);
  else void opened?.then((close) => close());
});
process.on('disconnect', () => process.exit());
process.send?.({ loaded: true });
