import { HELMS, type Scenario, type Step } from '../scenario.ts';

interface Chart {
  readonly name: string;
  readonly folder: string;
  readonly values?: string;
  /** Commands before the install. */
  readonly before?: readonly Step[];
  /** What must stand after the install. */
  readonly after: readonly Step[];
}

/** install, upgrade, history, rollback, test, status, list and uninstall of one chart. */
function story({ name, folder, values, before = [], after }: Chart): Scenario {
  const flags = `${values === undefined ? '' : ` ${values}`} --wait --timeout 90s`;
  const chart = `$CORPUS/helm/${folder}/chart`;
  return {
    name: `helm ${name}`,
    programs: HELMS,
    simulator: true,
    corpus: `helm/${folder}`,
    // their cluster-wide objects have the same names
    alone: 'charts',
    steps: [
      ...before,
      { run: `install rel ${chart}${flags}`, out: ['NAME: rel', 'STATUS: deployed', 'REVISION: 1'] },
      { run: 'list', out: /rel\s+\S+\s+1\s+.*deployed/ },
      ...after,
      { run: `upgrade rel ${chart}${flags} --set-string commonLabels.changed=yes,podAnnotations.changed=yes`, out: 'REVISION: 2' },
      { run: 'history rel', out: [/^1\s+.*superseded/m, /^2\s+.*deployed/m] },
      { run: 'rollback rel 1 --wait --timeout 90s', out: 'Rollback was a success' },
      { run: 'status rel', out: ['STATUS: deployed', 'REVISION: 3'] },
      { run: 'get manifest rel', out: 'kind:' },
      { run: 'uninstall rel --wait --timeout 90s', out: 'release "rel" uninstalled' },
      { run: 'list', not: 'rel\t' },
      { run: 'get secrets -l owner=helm -o name', with: 'kubectl136', out: /^$/ },
    ],
  };
}

/** Scenarios of helm with real charts. */
export const CHARTS: readonly Scenario[] = [
  story({
    name: 'podinfo',
    folder: 'podinfo-6.3.0',
    after: [
      // its maxUnavailable is 1: helm 3 waits for none of its one Pod
      { run: 'get deploy rel-podinfo', with: 'kubectl136', out: /1\/1/, withinMs: 10_000 },
      { run: 'test rel --timeout 60s', out: 'Succeeded' },
    ],
  }),
  story({
    name: 'cert-manager',
    folder: 'cert-manager-1.11.0',
    values: '--set installCRDs=true',
    after: [{ run: 'get deploy', with: 'kubectl136', out: [/rel-cert-manager +1\/1/, /webhook +1\/1/] }],
  }),
  story({
    name: 'ingress-nginx',
    folder: 'ingress-nginx-4.4.2',
    after: [{ run: 'get svc', with: 'kubectl136', out: /LoadBalancer +10\.\S+ +\d+\.\d+\.\d+\.\d+/ }],
  }),
  story({
    name: 'kube-prometheus-stack',
    folder: 'kube-prometheus-stack-88.5.3',
    // the admission job sets the policy too; helm 4 would meet it as another owner
    values: '--set crds.enabled=false,prometheusOperator.admissionWebhooks.failurePolicy=Fail',
    before: [
      {
        shell: 'bzip2 -dc $CORPUS/helm/kube-prometheus-stack-88.5.3/chart/charts/crds/files/crds.bz2 > $DIR/crds.yaml',
        run: 'apply --server-side -f $DIR/crds.yaml',
        with: 'kubectl136',
        out: 'serverside-applied',
      },
      {
        run: 'wait --for=condition=Established crd/prometheuses.monitoring.coreos.com --timeout=10s',
        with: 'kubectl136',
        out: 'condition met',
      },
    ],
    after: [{ run: 'get prometheus', with: 'kubectl136', out: 'rel-' }],
  }),
];
