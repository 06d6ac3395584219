import { KUBECTLS, type Scenario } from '../scenario.ts';

/** Scenarios with workloads that become Ready. */
export const WORKLOADS: readonly Scenario[] = [
  {
    name: 'rollout',
    programs: KUBECTLS,
    simulator: true,
    steps: [
      { run: 'create deployment web --image=nginx:1 --replicas=2', out: 'created' },
      { run: 'rollout status deployment/web --timeout=30s', out: 'successfully rolled out' },
      { run: 'get deploy web', out: /web +2\/2 +2 +2/ },
      { run: 'get pods -l app=web', out: /web-\w+-\w+ +1\/1 +Running +0/ },
      { run: 'get rs', out: /web-\w+ +2 +2 +2/ },
      { run: 'set image deployment/web nginx=nginx:2', out: 'image updated' },
      { run: 'rollout status deployment/web --timeout=30s', out: 'successfully rolled out' },
      { run: 'rollout history deployment/web', out: /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/ },
      { run: 'rollout undo deployment/web', out: 'rolled back' },
      { run: 'rollout status deployment/web --timeout=30s', out: 'successfully rolled out' },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}', out: 'nginx:1' },
      { run: 'rollout restart deployment/web', out: 'restarted' },
      { run: 'rollout pause deployment/web', out: 'paused' },
      { run: 'rollout resume deployment/web', out: 'resumed' },
      { run: 'describe deployment web', out: 'NewReplicaSet' },
    ],
  },
  {
    name: 'wait',
    programs: KUBECTLS,
    simulator: true,
    steps: [
      { run: 'create deployment web --image=nginx', out: 'created' },
      { run: 'wait --for=condition=Available deployment/web --timeout=30s', out: 'condition met' },
      { run: 'wait --for=jsonpath={.status.readyReplicas}=1 deployment/web --timeout=10s', out: 'condition met' },
      { run: 'create job once --image=busybox -- true', out: 'created' },
      { run: 'wait --for=condition=Complete job/once --timeout=30s', out: 'condition met' },
      { run: 'delete deployment web --wait=false', out: 'deleted' },
      { run: 'wait --for=delete deployment/web --timeout=10s' },
      { run: 'wait --for=condition=Ready pod -l app=none --timeout=1s', fails: true, err: /no matching resources found/ },
    ],
  },
  {
    name: 'delete with each propagation',
    programs: KUBECTLS,
    simulator: true,
    steps: ['background', 'foreground', 'orphan'].flatMap((policy) => [
      { run: `create deployment d-${policy} --image=nginx`, out: 'created' },
      { run: `rollout status deployment/d-${policy} --timeout=30s`, out: 'successfully rolled out' },
      { run: `delete deployment d-${policy} --cascade=${policy} --timeout=30s`, out: 'deleted' },
      policy === 'orphan'
        ? { run: `get rs -l app=d-${policy} -o name`, out: `replicaset.apps/d-${policy}` }
        : { run: `get rs,pods -l app=d-${policy}`, err: 'No resources found', withinMs: 15_000 },
    ]),
  },
  {
    name: 'a namespace goes with all it holds',
    programs: KUBECTLS,
    simulator: true,
    steps: [
      { run: 'create namespace gone-$NS', out: 'created' },
      { run: 'create deployment web --image=nginx -n gone-$NS', out: 'created' },
      { run: 'create configmap a -n gone-$NS', out: 'created' },
      { run: 'delete namespace gone-$NS --timeout=60s', out: 'deleted' },
      { run: 'get namespace gone-$NS', fails: true, err: 'not found' },
    ],
  },
  {
    name: 'stateful sets and claims',
    programs: KUBECTLS,
    simulator: true,
    files: {
      'sts.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: postgres, volumeMounts: [{name: data, mountPath: /data}]}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`,
    },
    steps: [
      { run: 'apply -f $DIR/sts.yaml', out: 'created' },
      { run: 'rollout status sts/db --timeout=30s', out: /complete|rolled out/ },
      { run: 'get sts db', out: /db +2\/2/ },
      { run: 'get pvc', out: /data-db-0 +Bound/ },
      { run: 'scale sts/db --replicas=1', out: 'scaled' },
      { run: 'wait --for=delete pod/db-1 --timeout=30s' },
    ],
  },
];
