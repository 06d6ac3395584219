import { KUBECTLS, type Scenario } from '../scenario.ts';

/** Scenarios of the commands that are used less. */
export const MORE: readonly Scenario[] = [
  {
    name: 'run and expose',
    programs: KUBECTLS,
    simulator: true,
    steps: [
      { run: 'run web --image=nginx --port=80 --labels=app=web', out: 'pod/web created' },
      { run: 'wait --for=condition=Ready pod/web --timeout=30s', out: 'condition met' },
      { run: 'expose pod web --port=80 --name=front', out: 'service/front exposed' },
      {
        run: 'get endpointslices -l kubernetes.io/service-name=front',
        out: /NAME +ADDRESSTYPE +PORTS +ENDPOINTS +AGE\nfront-\S+ +IPv4 +80/,
        withinMs: 10_000,
      },
      { run: 'get pods -o wide', out: /NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb +1\/1 +Running/ },
      { run: 'delete pod web --grace-period=0 --force', out: 'deleted' },
    ],
  },
  {
    name: 'nodes',
    programs: KUBECTLS,
    simulator: true,
    alone: 'nodes',
    steps: [
      { run: 'get nodes', out: /NAME +STATUS +ROLES +AGE +VERSION\nflux-sim-0 +Ready/, withinMs: 5_000 },
      { run: 'describe node flux-sim-0', out: ['Name:               flux-sim-0', 'Capacity:'] },
      { run: 'cordon flux-sim-0', out: 'cordoned' },
      { run: 'get nodes', out: /Ready,SchedulingDisabled/ },
      { run: 'uncordon flux-sim-0', out: 'uncordoned' },
      { run: 'taint nodes flux-sim-0 example.com/key=value:NoSchedule', out: 'tainted' },
      { run: 'taint nodes flux-sim-0 example.com/key:NoSchedule-', out: 'untainted' },
      { run: 'label node flux-sim-0 example.com/zone=a --overwrite', out: 'labeled' },
      { run: 'top nodes', fails: true, err: /Metrics API not available/ },
    ],
  },
  {
    name: 'last applied configuration',
    programs: KUBECTLS,
    files: { 'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: "1"}\n' },
    steps: [
      { run: 'create configmap cm --from-literal=a=1', out: 'created' },
      { run: 'apply set-last-applied -f $DIR/cm.yaml', fails: true, err: /no last-applied-configuration annotation found/ },
      { run: 'apply set-last-applied -f $DIR/cm.yaml --create-annotation=true', out: 'configured' },
      { run: 'apply view-last-applied configmap cm', out: 'a: "1"' },
      { run: 'apply edit-last-applied configmap cm', env: { KUBE_EDITOR: `sed -i 's/a: "1"/a: "2"/'` }, out: 'edited' },
      { run: 'apply -f $DIR/cm.yaml', out: 'configured' },
    ],
  },
  {
    name: 'set selector, subject and env from',
    programs: KUBECTLS,
    steps: [
      { run: 'create service clusterip web --tcp=80', out: 'created' },
      { run: 'set selector service web tier=front', out: 'selector updated' },
      { run: 'create rolebinding rb --clusterrole=view --user=jane', out: 'created' },
      { run: 'set subject rolebinding rb --serviceaccount=$NS:default', out: 'subjects updated' },
      { run: 'create configmap env --from-literal=A=1', out: 'created' },
      { run: 'create deployment web --image=nginx', out: 'created' },
      { run: 'set env deployment/web --from=configmap/env', out: 'env updated' },
      { run: 'set env deployment/web --list', out: '# A from configmap env, key A' },
    ],
  },
  {
    name: 'certificate signing requests',
    programs: KUBECTLS,
    files: {
      'csr.yaml': `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: csr-$NS}
spec: {request: LS0tLS1CRUdJTg==, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
`,
    },
    steps: [
      { run: 'create -f $DIR/csr.yaml', out: 'created' },
      {
        run: 'get csr csr-$NS',
        out: /NAME +AGE +SIGNERNAME +REQUESTOR +REQUESTEDDURATION +CONDITION\ncsr-\S+ +\S+ +kubernetes.io\/kube-apiserver-client +kubernetes-admin +<none> +Pending/,
      },
      { run: 'certificate approve csr-$NS', out: 'approved' },
      { run: 'get csr csr-$NS', out: 'Approved' },
      { run: 'certificate deny csr-$NS', fails: true },
    ],
  },
  {
    name: 'raw requests',
    programs: KUBECTLS,
    files: { 'cm.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"raw"}}' },
    steps: [
      { run: 'create --raw /api/v1/namespaces/$NS/configmaps -f $DIR/cm.json', out: '"name":"raw"' },
      { run: 'get --raw /api/v1/namespaces/$NS/configmaps/raw', out: '"name":"raw"' },
      { run: 'get --raw /api/v1', out: '"kind":"APIResourceList"' },
      { run: 'get --raw /apis/apps', out: '"kind":"APIGroup"' },
      { run: 'get --raw /apis/none.example.com', fails: true, err: /NotFound/ },
      { run: 'delete --raw /api/v1/namespaces/$NS/configmaps/raw', out: '"status":"Success"' },
      { run: 'get --raw /metrics', out: 'flux_ts_apiserver_request_total' },
    ],
  },
  {
    name: 'ephemeral containers',
    programs: ['kubectl136'],
    simulator: true,
    steps: [
      { run: 'run web --image=nginx', out: 'created' },
      { run: 'wait --for=condition=Ready pod/web --timeout=30s', out: 'condition met' },
      { run: 'debug web --image=busybox --container=dbg --attach=false', err: '' },
      { run: 'get pod web -o jsonpath={.spec.ephemeralContainers[0].name}', out: 'dbg' },
    ],
  },
  {
    name: 'a token of a service account',
    programs: ['kubectl136'],
    files: {
      'secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: token, annotations: {kubernetes.io/service-account.name: default}}\ntype: kubernetes.io/service-account-token\n',
    },
    steps: [
      { run: 'create -f $DIR/secret.yaml', out: 'created' },
      { run: 'get secret token -o jsonpath={.data.token}', out: /^ZXlK/ },
      { run: 'describe secret token', out: ['ca.crt:', 'namespace:', 'token:      eyJ'] },
    ],
  },
  {
    name: 'server-side apply of a list and of several managers',
    programs: ['kubectl136'],
    files: {
      'list.yaml':
        'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "1"}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n',
      'y.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {z: "2"}\n',
      'none.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    },
    steps: [
      { run: 'apply --server-side -f $DIR/list.yaml', out: ['configmap/a serverside-applied', 'configmap/b serverside-applied'] },
      { run: 'apply --server-side --field-manager=two -f $DIR/y.yaml', out: 'serverside-applied' },
      { run: 'get cm a -o jsonpath={.data}', out: '{"x":"1","z":"2"}' },
      { run: 'apply --server-side --field-manager=two -f $DIR/none.yaml', out: 'serverside-applied' },
      { run: 'get cm a -o jsonpath={.data}', out: '{"x":"1"}' },
      { run: 'get cm a -o jsonpath={.metadata.managedFields[*].manager}', out: 'kubectl' },
    ],
  },
];
