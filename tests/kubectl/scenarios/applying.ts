import { KUBECTLS, type Scenario } from '../scenario.ts';

function deployment(image: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: ${image}
        ports: [{containerPort: 80}]
${more}`;
}

/** Scenarios of apply in both forms, diff, prune and kustomize. */
export const APPLYING: readonly Scenario[] = [
  {
    name: 'apply on the client',
    programs: KUBECTLS,
    files: {
      'one.yaml': deployment('nginx:1', '        env: [{name: A, value: "1"}, {name: B, value: "2"}]\n'),
      'two.yaml': deployment('nginx:2', '        env: [{name: B, value: "3"}]\n'),
    },
    steps: [
      { run: 'apply -f $DIR/one.yaml', out: 'deployment.apps/web created' },
      { run: 'apply -f $DIR/one.yaml', out: 'deployment.apps/web unchanged' },
      { run: 'diff -f $DIR/one.yaml' },
      { run: 'diff -f $DIR/two.yaml', fails: true, out: [/-.*image: nginx:1/, /\+.*image: nginx:2/] },
      { run: 'apply -f $DIR/two.yaml --dry-run=server', out: 'deployment.apps/web configured (server dry run)' },
      { run: 'apply -f $DIR/two.yaml', out: 'deployment.apps/web configured' },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].env}', out: '[{"name":"B","value":"3"}]' },
      { run: 'apply view-last-applied deployment/web', out: 'nginx:2' },
      { run: 'get deployment web -o jsonpath={.metadata.generation}', out: '2' },
    ],
  },
  {
    name: 'apply keeps what others set',
    programs: KUBECTLS,
    files: { 'one.yaml': deployment('nginx:1') },
    steps: [
      { run: 'apply -f $DIR/one.yaml', out: 'created' },
      { run: 'annotate deployment web note=mine', out: 'annotated' },
      { run: 'set env deployment/web EXTRA=1', out: 'env updated' },
      { run: 'apply -f $DIR/one.yaml', out: 'deployment.apps/web' },
      { run: 'get deployment web -o yaml', out: ['note: mine', 'name: EXTRA'] },
    ],
  },
  {
    name: 'apply --server-side',
    programs: KUBECTLS,
    files: { 'one.yaml': deployment('nginx:1'), 'two.yaml': deployment('nginx:2') },
    steps: [
      { run: 'apply --server-side -f $DIR/one.yaml', out: 'deployment.apps/web serverside-applied' },
      { run: 'apply --server-side -f $DIR/one.yaml', out: 'serverside-applied' },
      {
        run: 'get deployment web -o yaml --show-managed-fields',
        out: ['manager: kubectl\n', 'operation: Apply', 'k:{"name":"c"}', 'k:{"containerPort":80,"protocol":"TCP"}'],
      },
      { run: 'diff --server-side -f $DIR/one.yaml' },
      { run: 'diff --server-side -f $DIR/two.yaml', fails: true, out: /\+.*image: nginx:2/ },
      {
        run: 'apply --server-side --field-manager=other -f $DIR/two.yaml',
        fails: true,
        err: 'conflict with "kubectl": .spec.template.spec.containers[name="c"].image',
      },
      { run: 'apply --server-side --field-manager=other --force-conflicts -f $DIR/two.yaml', out: 'serverside-applied' },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}', out: 'nginx:2' },
      { run: 'apply --server-side -f $DIR/one.yaml', fails: true, err: 'conflict with "other"' },
    ],
  },
  {
    name: 'apply --server-side takes over from the client form',
    programs: KUBECTLS,
    files: { 'one.yaml': deployment('nginx:1'), 'two.yaml': deployment('nginx:2') },
    steps: [
      { run: 'apply -f $DIR/one.yaml', out: 'created' },
      { run: 'apply --server-side -f $DIR/two.yaml', out: 'serverside-applied' },
      { run: 'get deployment web -o jsonpath={.metadata.managedFields[*].manager}', not: 'client-side-apply' },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}', out: 'nginx:2' },
    ],
  },
  {
    name: 'apply of a changed selector',
    programs: KUBECTLS,
    files: { 'one.yaml': deployment('nginx:1'), 'two.yaml': deployment('nginx:1').replaceAll('app: web}', 'app: other}') },
    steps: [
      { run: 'apply -f $DIR/one.yaml', out: 'created' },
      {
        run: 'apply -f $DIR/two.yaml',
        fails: true,
        err: /The Deployment "web" is invalid: .*spec.selector: Invalid value: .*: field is immutable/,
      },
      { run: 'replace --force -f $DIR/two.yaml', out: 'replaced' },
    ],
  },
  {
    name: 'apply of several documents and prune',
    programs: ['kubectl136'],
    files: {
      'all.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {set: mine}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, labels: {set: mine}}\n',
      'less.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {set: mine}}\n',
    },
    steps: [
      { run: 'apply -f $DIR/all.yaml', out: ['configmap/a created', 'configmap/b created'] },
      { run: 'apply -f $DIR/less.yaml --prune -l set=mine', out: ['configmap/a unchanged', 'configmap/b pruned'] },
      { run: 'get cm b', fails: true, err: 'not found' },
    ],
  },
  {
    name: 'apply -k',
    programs: KUBECTLS,
    files: {
      'kustomization.yaml': 'namePrefix: dev-\nresources: [cm.yaml]\nconfigMapGenerator: [{name: gen, literals: [a=1]}]\n',
      'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n',
    },
    steps: [
      { run: 'apply -k $DIR', out: ['configmap/dev-base created', /configmap\/dev-gen-\w{10} created/] },
      { run: 'apply -k $DIR', out: ['configmap/dev-base unchanged', /configmap\/dev-gen-\w{10} unchanged/] },
      { run: 'delete -k $DIR', out: 'configmap "dev-base" deleted' },
    ],
  },
  {
    name: 'apply of an old and of a mistaken manifest',
    programs: KUBECTLS,
    files: {
      'old.yaml': 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\n',
      'typo.yaml': deployment('nginx').replace('replicas:', 'replica:'),
      'type.yaml': deployment('nginx').replace('replicas: 2', 'replicas: two'),
      'dup.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1", x: "2"}\n',
    },
    steps: [
      { run: 'apply -f $DIR/old.yaml', fails: true, err: /no matches for kind "Deployment" in version "extensions\/v1beta1"/ },
      { run: 'apply -f $DIR/typo.yaml', fails: true, err: /unknown field "spec.replica"/ },
      { run: 'apply -f $DIR/type.yaml', fails: true, err: /cannot unmarshal string into Go struct field/ },
      { run: 'apply --server-side -f $DIR/typo.yaml', fails: true, err: /field not declared in schema/ },
    ],
  },
  {
    name: 'apply on the edge of ownership',
    programs: ['kubectl136'],
    files: {
      'a.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{name: http, port: 80, targetPort: http}]}\n',
      'b.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{name: http, port: 80, targetPort: 8080}, {name: grpc, port: 81}]}\n',
    },
    steps: [
      { run: 'apply --server-side -f $DIR/a.yaml', out: 'serverside-applied' },
      { run: 'get service s -o jsonpath={.spec.clusterIP}', out: /^10\./ },
      { run: 'apply --server-side -f $DIR/b.yaml', out: 'serverside-applied' },
      { run: 'apply --server-side -f $DIR/a.yaml', out: 'serverside-applied' },
      { run: 'get service s -o jsonpath={.spec.ports}', out: '[{"name":"http","port":80,"protocol":"TCP","targetPort":"http"}]' },
    ],
  },
];
