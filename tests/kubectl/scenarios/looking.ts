import { KUBECTLS, type Scenario } from '../scenario.ts';

/** Scenarios of get, describe, explain, api-resources, events and logs. */
export const LOOKING: readonly Scenario[] = [
  {
    name: 'version',
    programs: KUBECTLS,
    steps: [
      { run: 'version', out: /Server Version: v1\.36\.\d+\+flux-ts/ },
      { run: 'get --raw /healthz', out: /^ok$/ },
      { run: 'get --raw /readyz?verbose', out: 'readyz check passed' },
      { run: 'cluster-info', out: 'Kubernetes control plane' },
    ],
  },
  {
    name: 'api-resources and api-versions',
    programs: KUBECTLS,
    steps: [
      {
        run: 'api-resources',
        out: [
          /^deployments +deploy +apps\/v1 +true +Deployment$/m,
          /^namespaces +ns +v1 +false +Namespace$/m,
          /^horizontalpodautoscalers +hpa +autoscaling\/v2 +true/m,
        ],
      },
      { run: 'api-resources --namespaced=false -o name', out: /^clusterroles.rbac.authorization.k8s.io$/m },
      { run: 'api-resources --verbs=list -o wide', out: /create,delete,deletecollection,get,list,patch,update,watch/ },
      { run: 'api-versions', out: [/^apps\/v1$/m, /^v1$/m, /^apiextensions.k8s.io\/v1$/m] },
    ],
  },
  {
    name: 'explain',
    programs: KUBECTLS,
    steps: [
      { run: 'explain deployment', out: ['KIND:       Deployment', 'VERSION:    v1', 'GROUP:      apps'] },
      { run: 'explain deployment.spec.replicas', out: ['FIELD: replicas <integer>', /number of desired pods/i] },
      { run: 'explain pod.spec.containers.image', out: 'FIELD: image <string>' },
      { run: 'explain deployment.spec.nothing', fails: true, err: /field "nothing" does not exist/ },
      { run: 'explain configmap --recursive', out: 'binaryData' },
    ],
  },
  {
    name: 'get in every form',
    programs: KUBECTLS,
    files: {
      'cms.yaml': ['a', 'b', 'c']
        .map((n) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${n}, labels: {tier: "${n}", app: web}}\ndata: {k: ${n}}\n`)
        .join('---\n'),
    },
    steps: [
      { run: 'create -f $DIR/cms.yaml', out: 'configmap/c created' },
      { run: 'get cm', out: /NAME +DATA +AGE\na +1 .*\nb +1 .*\nc +1 .*\nkube-root-ca.crt +1/ },
      { run: 'get cm -l app=web -o name', out: /^configmap\/a\nconfigmap\/b\nconfigmap\/c\n$/ },
      { run: 'get cm -l "tier in (a,b)" -o name', out: /^configmap\/a\nconfigmap\/b\n$/ },
      { run: 'get cm -l "app=web,tier!=b" -o name', out: /^configmap\/a\nconfigmap\/c\n$/ },
      { run: 'get cm --field-selector metadata.name=b -o name', out: /^configmap\/b\n$/ },
      { run: 'get cm --field-selector spec.x=b', fails: true, err: /field label not supported: spec.x/ },
      { run: 'get cm a b -o jsonpath={.items[*].data.k}', out: 'a b' },
      { run: 'get cm a -o jsonpath={.data.k}', out: /^a$/ },
      { run: 'get cm -o custom-columns=N:.metadata.name,K:.data.k -l app=web', out: /N +K\na +a\nb +b/ },
      { run: 'get cm --sort-by=.metadata.name -o name', out: /configmap\/a\nconfigmap\/b/ },
      { run: 'get cm -l app=web --show-labels', out: 'app=web,tier=a' },
      { run: 'get cm -l app=web -L tier', out: /TIER\na .* a\n/ },
      { run: 'get cm --chunk-size=1 -o name', out: /configmap\/a\nconfigmap\/b\nconfigmap\/c\n/ },
      { run: 'get cm none', fails: true, err: 'configmaps "none" not found' },
      { run: 'get cm none --ignore-not-found', out: /^$/ },
      { run: 'get nothing', fails: true, err: `the server doesn't have a resource type "nothing"` },
      { run: 'get cm -A -o name', out: /configmap\/a\n/ },
      { run: 'get deployments', err: 'No resources found in $NS namespace.' },
      { run: 'get all', err: 'No resources found' },
      { run: 'get cm/a secret --ignore-not-found -o name', fails: true },
    ],
  },
  {
    name: 'get -w',
    programs: KUBECTLS,
    steps: [
      { run: 'create configmap seen', out: 'created' },
      {
        run: 'get cm -w',
        during: ['create configmap later --from-literal=a=1', 'label configmap later x=y', 'delete configmap later'],
        out: /seen[\s\S]*later +1 [\s\S]*later +1 [\s\S]*later +1 /,
      },
      {
        run: 'get cm -w --output-watch-events',
        during: ['create configmap later', 'delete configmap later'],
        out: [/ADDED +seen/, /ADDED +later/, /DELETED +later/],
      },
      { run: 'get cm --watch-only -o name', during: ['create configmap another'], out: /configmap\/another/ },
    ],
  },
  {
    name: 'describe',
    programs: KUBECTLS,
    files: {
      'pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {note: hello}}\nspec:\n  containers:\n  - {name: c, image: nginx, resources: {requests: {cpu: 100m}}}\n',
    },
    steps: [
      { run: 'create -f $DIR/pod.yaml', out: 'created' },
      {
        run: 'describe pod p',
        out: [
          'Name:             p',
          'Service Account:  default',
          'QoS Class:                   Burstable',
          'node.kubernetes.io/not-ready:NoExecute',
        ],
      },
      { run: 'create deployment web --image=nginx', out: 'created' },
      { run: 'describe deployment web', out: ['StrategyType:           RollingUpdate', '25% max unavailable, 25% max surge'] },
      { run: 'create service clusterip web --tcp=80', out: 'created' },
      { run: 'describe service web', out: /IP Families: +IPv4/ },
      { run: 'describe namespace $NS', out: 'Status:       Active' },
      { run: 'describe configmap kube-root-ca.crt', out: 'ca.crt' },
      { run: 'describe pod none', fails: true, err: 'pods "none" not found' },
    ],
  },
  {
    name: 'events',
    programs: KUBECTLS,
    files: {
      'event.yaml': `apiVersion: v1
kind: Event
metadata: {name: e.1}
involvedObject: {apiVersion: v1, kind: ConfigMap, name: thing, namespace: $NS}
reason: Tested
message: a test event
type: Warning
count: 3
source: {component: tester}
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2999-01-01T00:00:00Z"
`,
    },
    steps: [
      { run: 'create -f $DIR/event.yaml', out: 'created' },
      { run: 'get events', out: /LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Warning +Tested +configmap\/thing +a test event/ },
      { run: 'get events.events.k8s.io e.1 -o jsonpath={.note}/{.regarding.name}/{.deprecatedCount}', out: 'a test event/thing/3' },
      { run: 'events', out: 'a test event' },
      { run: 'get events --field-selector involvedObject.name=thing,reason=Tested -o name', out: 'event/e.1' },
      { run: 'get events --field-selector involvedObject.name=other', err: 'No resources found' },
    ],
  },
  {
    name: 'logs and exec say what is simulated',
    programs: KUBECTLS,
    steps: [
      { run: 'run p --image=nginx --restart=Never', out: 'created' },
      { run: 'logs p', out: /simulated/ },
      { run: 'logs none', fails: true, err: 'pods "none" not found' },
      { run: 'exec p -- ls', fails: true },
    ],
  },
];
