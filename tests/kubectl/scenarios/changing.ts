import { KUBECTLS, type Scenario } from '../scenario.ts';

/** Scenarios of patch, edit, replace, label, annotate, scale and delete. */
export const CHANGING: readonly Scenario[] = [
  {
    name: 'patch in its forms',
    programs: KUBECTLS,
    steps: [
      { run: 'create deployment web --image=nginx:1', out: 'created' },
      {
        run: `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}}'`,
        out: 'patched',
      },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[*].name}', out: /^(side nginx|nginx side)$/ },
      {
        run: `patch deployment web --type=merge -p '{"spec":{"template":{"spec":{"containers":[{"name":"only","image":"busybox"}]}}}}'`,
        out: 'patched',
      },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[*].name}', out: /^only$/ },
      {
        run: `patch deployment web --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"nginx:9"},{"op":"add","path":"/metadata/labels/x","value":"y"}]'`,
        out: 'patched',
      },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}/{.metadata.labels.x}', out: 'nginx:9/y' },
      {
        run: `patch deployment web --type=json -p '[{"op":"remove","path":"/spec/none"}]'`,
        fails: true,
        err: /the server rejected our request due to an error in our request/,
      },
      { run: `patch deployment web --type=json -p '[{"op":"test","path":"/spec/replicas","value":5}]'`, fails: true },
      { run: `patch deployment web -p '{"metadata":{"labels":{"x":null}}}'`, out: 'patched' },
      { run: `patch deployment web -p '{"metadata":{"labels":{"none":null}}}'`, out: 'patched (no change)' },
      { run: `patch deployment web --subresource=status --type=merge -p '{"status":{"replicas":7}}'`, out: 'patched' },
      { run: `patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":4}}'`, out: 'patched' },
      { run: 'get deployment web -o jsonpath={.spec.replicas}', out: '4' },
      { run: `patch deployment web -p '{"metadata":{"name":"other"}}'`, fails: true },
    ],
  },
  {
    name: 'edit',
    programs: KUBECTLS,
    steps: [
      { run: 'create configmap cm --from-literal=a=before', out: 'created' },
      { run: 'edit configmap cm', env: { KUBE_EDITOR: 'sed -i s/before/after/' }, out: 'configmap/cm edited' },
      { run: 'get configmap cm -o jsonpath={.data.a}', out: 'after' },
      { run: 'edit configmap cm', env: { KUBE_EDITOR: 'true' }, err: /no changes/ },
    ],
  },
  {
    name: 'replace',
    programs: KUBECTLS,
    files: { 'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {b: "2"}\n' },
    steps: [
      { run: 'replace -f $DIR/cm.yaml', fails: true, err: 'not found' },
      { run: 'create configmap cm --from-literal=a=1', out: 'created' },
      { run: 'replace -f $DIR/cm.yaml', out: 'replaced' },
      { run: 'get configmap cm -o jsonpath={.data}', out: '{"b":"2"}' },
      { run: 'replace --force -f $DIR/cm.yaml', out: 'replaced' },
    ],
  },
  {
    name: 'label and annotate',
    programs: KUBECTLS,
    steps: [
      { run: 'create configmap cm', out: 'created' },
      { run: 'label configmap cm a=1 b=2', out: 'labeled' },
      { run: 'label configmap cm a=3', fails: true, err: /already has a value/ },
      { run: 'label configmap cm a=3 --overwrite', out: 'labeled' },
      { run: 'label configmap cm b-', out: 'unlabeled' },
      { run: 'get configmap cm -o jsonpath={.metadata.labels}', out: '{"a":"3"}' },
      { run: 'annotate configmap cm note="some text"', out: 'annotated' },
      { run: 'get configmap cm -o jsonpath={.metadata.annotations.note}', out: 'some text' },
      { run: 'label configmap cm "bad key=1"', fails: true },
    ],
  },
  {
    name: 'scale and autoscale',
    programs: KUBECTLS,
    steps: [
      { run: 'create deployment web --image=nginx', out: 'created' },
      { run: 'scale deployment web --replicas=3', out: 'scaled' },
      { run: 'get deployment web -o jsonpath={.spec.replicas}', out: '3' },
      { run: 'scale deployment web --current-replicas=9 --replicas=1', fails: true, err: /Expected replicas to be 9, was 3/ },
      { run: 'autoscale deployment web --min=1 --max=5 --cpu-percent=80', out: 'autoscaled' },
      {
        run: 'get hpa web',
        out: /NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nweb +Deployment\/web +cpu: <unknown>\/80% +1 +5/,
      },
      { run: 'get horizontalpodautoscalers.v1.autoscaling web -o jsonpath={.spec.targetCPUUtilizationPercentage}', out: '80' },
    ],
  },
  {
    name: 'set image, env and resources',
    programs: KUBECTLS,
    steps: [
      { run: 'create deployment web --image=nginx:1', out: 'created' },
      { run: 'set image deployment/web nginx=nginx:2', out: 'image updated' },
      { run: 'set resources deployment web --requests=cpu=1000m,memory=1024Mi', out: 'resource requirements updated' },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].resources.requests}', out: '{"cpu":"1","memory":"1Gi"}' },
      { run: 'set serviceaccount deployment web robot', out: 'serviceaccount updated' },
    ],
  },
  {
    name: 'delete',
    programs: KUBECTLS,
    files: {
      'cms.yaml': ['a', 'b', 'c'].map((n) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${n}, labels: {app: web}}\n`).join('---\n'),
    },
    steps: [
      { run: 'create -f $DIR/cms.yaml', out: 'created' },
      { run: 'delete configmap a', out: 'configmap "a" deleted' },
      { run: 'delete configmap a', fails: true, err: 'configmaps "a" not found' },
      { run: 'delete configmap a --ignore-not-found' },
      { run: 'delete -f $DIR/cms.yaml', fails: true, out: 'configmap "b" deleted', err: '"a" not found' },
      { run: 'create -f $DIR/cms.yaml', out: 'created' },
      { run: 'delete configmap -l app=web', out: ['"a" deleted', '"b" deleted', '"c" deleted'] },
      { run: 'create configmap held', out: 'created' },
      { run: `patch configmap held -p '{"metadata":{"finalizers":["example.com/hold"]}}'`, out: 'patched' },
      { run: 'delete configmap held --wait=false', out: 'deleted' },
      { run: 'get configmap held -o jsonpath={.metadata.deletionTimestamp}', out: /^20/ },
      {
        run: `patch configmap held -p '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'`,
        fails: true,
        err: /no new finalizers can be added if the object is being deleted/,
      },
      { run: `patch configmap held --type=merge -p '{"metadata":{"finalizers":null}}'`, out: 'patched' },
      { run: 'get configmap held', fails: true, err: 'not found' },
      { run: 'delete namespace default', fails: true, err: 'namespaces "default" is forbidden: this namespace may not be deleted' },
    ],
  },
  {
    name: 'delete --all',
    programs: KUBECTLS,
    steps: [
      { run: 'create secret generic a', out: 'created' },
      { run: 'create secret generic b', out: 'created' },
      { run: 'delete secret --all', out: ['secret "a" deleted', 'secret "b" deleted'] },
      { run: 'get secrets', err: 'No resources found' },
    ],
  },
  {
    name: 'what may not change',
    programs: KUBECTLS,
    files: {
      'pvc.yaml':
        'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: none}\n',
      'sts.yaml':
        'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {serviceName: s, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n',
    },
    steps: [
      { run: 'create secret generic s --type=example.com/one', out: 'created' },
      {
        run: `patch secret s -p '{"type":"example.com/two"}'`,
        fails: true,
        err: /type: Invalid value: "example.com\/two": field is immutable/,
      },
      { run: `patch secret s -p '{"immutable":true}'`, out: 'patched' },
      { run: `patch secret s -p '{"data":{"a":"Yg=="}}'`, fails: true, err: /field is immutable when `immutable` is set/ },
      { run: 'create service clusterip web --tcp=80', out: 'created' },
      {
        run: `patch service web -p '{"spec":{"clusterIP":"10.96.200.200","clusterIPs":["10.96.200.200"]}}'`,
        fails: true,
        err: /spec.clusterIPs\[0\]: Invalid value: .*: may not change once set/,
      },
      { run: 'create rolebinding rb --clusterrole=view --user=jane', out: 'created' },
      { run: `patch rolebinding rb -p '{"roleRef":{"name":"edit"}}'`, fails: true, err: /cannot change roleRef/ },
      { run: 'create job j --image=busybox', out: 'created' },
      {
        run: `patch job j -p '{"spec":{"template":{"spec":{"containers":[{"name":"j","image":"other"}]}}}}'`,
        fails: true,
        err: /spec.template: Invalid value: [\s\S]*field is immutable/,
      },
      { run: 'create -f $DIR/pvc.yaml', out: 'created' },
      { run: `patch pvc c -p '{"spec":{"accessModes":["ReadWriteMany"]}}'`, fails: true, err: /spec is immutable after creation/ },
      { run: 'create -f $DIR/sts.yaml', out: 'created' },
      {
        run: `patch sts s -p '{"spec":{"serviceName":"other"}}'`,
        fails: true,
        err: /updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template'/,
      },
    ],
  },
  {
    name: 'quota and limits',
    programs: KUBECTLS,
    files: {
      'limits.yaml':
        'apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}}]}\n',
    },
    steps: [
      { run: 'create quota q --hard=secrets=1', out: 'created' },
      { run: 'create secret generic one', out: 'created' },
      {
        run: 'create secret generic two',
        fails: true,
        err: 'secrets "two" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=1, limited: secrets=1',
      },
      { run: 'delete secret one', out: 'deleted' },
      { run: 'create secret generic two', out: 'created' },
      { run: 'create -f $DIR/limits.yaml', out: 'created' },
      { run: 'run p --image=nginx', out: 'created' },
      { run: 'get pod p -o jsonpath={.spec.containers[0].resources}', out: '{"limits":{"cpu":"500m"},"requests":{"cpu":"100m"}}' },
      {
        run: `run big --image=nginx --overrides='{"spec":{"containers":[{"name":"big","image":"nginx","resources":{"limits":{"cpu":"2"}}}]}}'`,
        fails: true,
        err: /maximum cpu usage per Container is 1, but limit is 2/,
      },
    ],
  },
];
