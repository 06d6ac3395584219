import { KUBECTLS, type Scenario } from '../scenario.ts';

const FAILING = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  progressDeadlineSeconds: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {simulator.flux-ts.dev/fail: WORD}}
    spec: {containers: [{name: c, image: "registry.example.com/c:1"}]}
`;

const numbered = (kind: string, more: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, annotations: {kubernetes.io/change-cause: first}}
spec:
  selector: {matchLabels: {app: web}}
  ${more}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "registry.example.com/c:1"}]}
`;

const revised = (kind: string, more: string): Scenario => ({
  name: `rollout history and undo of a ${kind}`,
  programs: KUBECTLS,
  simulator: true,
  files: { 'web.yaml': numbered(kind, more) },
  steps: [
    { run: 'apply -f $DIR/web.yaml', out: 'created' },
    { run: `rollout status ${kind}/web --timeout=30s` },
    { run: `set image ${kind}/web c=registry.example.com/c:2`, out: 'image updated' },
    { run: `rollout status ${kind}/web --timeout=30s` },
    { run: `rollout history ${kind}/web`, out: /REVISION +CHANGE-CAUSE\n1 +first\n2 +first/ },
    { run: `rollout history ${kind}/web --revision=1`, out: /Image:\s+registry\.example\.com\/c:1/ },
    { run: `rollout undo ${kind}/web`, out: 'rolled back' },
    { run: `rollout status ${kind}/web --timeout=30s` },
    { run: `get ${kind} web -o jsonpath={.spec.template.spec.containers[0].image}`, out: 'c:1' },
    { run: `rollout history ${kind}/web`, out: /\n2 +first\n3 +first/ },
  ],
});

/** What kubectl shows of simulated workloads: healthy ones, and those that fail. */
export const SIMULATING: readonly Scenario[] = [
  revised('StatefulSet', 'serviceName: web'),
  revised('DaemonSet', ''),
  {
    name: 'a rollout that exceeds its deadline',
    programs: KUBECTLS,
    simulator: true,
    files: { 'web.yaml': FAILING.replace('WORD', 'ImagePullBackOff') },
    steps: [
      { run: 'apply -f $DIR/web.yaml', out: 'created' },
      { run: 'rollout status deployment/web --timeout=30s', fails: true, err: 'deployment "web" exceeded its progress deadline' },
      { run: 'get pods', out: /web-\w+-\w+ +0\/1 +(ErrImagePull|ImagePullBackOff) +0/ },
      { run: 'get pods', out: /ImagePullBackOff/, withinMs: 20_000 },
      {
        run: 'describe pods --show-events=true', // kubectl 1.36 leaves them out where it describes several
        out: [/Warning +Failed .*Error: ImagePullBackOff/, /Normal +BackOff .*Back-off pulling image "registry.example.com\/c:1"/],
      },
      { run: 'describe deployment web', out: [/Progressing +False +ProgressDeadlineExceeded/, /ScalingReplicaSet/] },
    ],
  },
  {
    name: 'a Pod that crashes',
    programs: KUBECTLS,
    simulator: true,
    files: { 'web.yaml': FAILING.replace('WORD', 'CrashLoopBackOff') },
    steps: [
      { run: 'apply -f $DIR/web.yaml', out: 'created' },
      { run: 'get pods', out: /web-\w+-\w+ +0\/1 +CrashLoopBackOff +1/, withinMs: 10_000 },
      {
        run: 'describe pods --show-events=true', // kubectl 1.36 leaves them out where it describes several
        out: [/Reason: +CrashLoopBackOff/, /Exit Code: +1/, /BackOff .*Back-off restarting failed container c in pod web-/],
      },
      { run: 'get deploy web', out: /web +0\/1 +1 +0/ },
    ],
  },
  {
    name: 'describe shows what a kubelet does',
    programs: KUBECTLS,
    simulator: true,
    steps: [
      { run: 'create deployment web --image=registry.example.com/c:1 --replicas=2', out: 'created' },
      { run: 'rollout status deployment/web --timeout=30s', out: 'successfully rolled out' },
      {
        run: 'describe pods --show-events=true', // kubectl 1.36 leaves them out where it describes several
        out: [
          /Node: +flux-sim-0\/192\.0\.2\.1/,
          /PodReadyToStartContainers +True/,
          /QoS Class: +BestEffort/,
          /Normal +Scheduled .*Successfully assigned/,
          /Normal +Pulled /,
          /Normal +Created /,
          /Normal +Started /,
          /workload-simulator/,
        ],
      },
      { run: 'describe rs', out: /Normal +SuccessfulCreate .*Created pod: web-/ },
      {
        run: 'describe node flux-sim-0',
        out: [/Kubelet Version: +v1\.\d+\.\d+-sim/, /simulator\.flux-ts\.dev\/simulated=true/, /HolderIdentity: +flux-sim-0/],
      },
      { run: 'expose deployment web --port=80', out: 'exposed' },
      { run: 'describe service web', out: /Endpoints: +10\.244\.\d+\.\d+:80,10\.244\.\d+\.\d+:80/, withinMs: 5000 },
      { run: 'get endpointslices -l kubernetes.io/service-name=web', out: /web-\w{5} +IPv4 +80 +10\.244\./ },
      { run: 'scale deployment web --replicas=1', out: 'scaled' },
      { run: 'get events --field-selector reason=Killing', out: /Stopping container c/, withinMs: 5000 },
    ],
  },
  {
    name: 'what is missing is told as in a cluster',
    programs: KUBECTLS,
    simulator: true,
    files: {
      'web.yaml': `apiVersion: v1
kind: Pod
metadata: {name: env}
spec: {containers: [{name: c, image: c, envFrom: [{secretRef: {name: none}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: mount}
spec: {containers: [{name: c, image: c}], volumes: [{name: v, configMap: {name: none}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: claim}
spec: {containers: [{name: c, image: c}], volumes: [{name: v, persistentVolumeClaim: {claimName: none}}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: lost}
spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: account}
spec:
  selector: {matchLabels: {app: account}}
  template: {metadata: {labels: {app: account}}, spec: {serviceAccountName: none, containers: [{name: c, image: c}]}}
`,
    },
    steps: [
      { run: 'apply -f $DIR/web.yaml', out: 'deployment.apps/account created' },
      { run: 'get pod env', out: /env +0\/1 +CreateContainerConfigError/, withinMs: 10_000 },
      { run: 'get pod mount', out: /mount +0\/1 +ContainerCreating/, withinMs: 10_000 },
      { run: 'describe pod mount', out: 'MountVolume.SetUp failed for volume "v" : configmap "none" not found', withinMs: 10_000 },
      { run: 'describe pod claim', out: '0/1 nodes are available: persistentvolumeclaim "none" not found.', withinMs: 10_000 },
      { run: 'describe pvc lost', out: 'storageclass.storage.k8s.io "none" not found', withinMs: 10_000 },
      { run: 'describe rs', out: /FailedCreate .*serviceaccount "none" not found/, withinMs: 10_000 },
      { run: 'describe deployment account', out: /ReplicaFailure +True +FailedCreate/ },
      { run: 'create secret generic none', out: 'created' },
      { run: 'wait --for=condition=Ready pod/env --timeout=20s', out: 'condition met' },
    ],
  },
  {
    name: 'drain heeds a disruption budget',
    programs: KUBECTLS,
    simulator: true,
    alone: 'node',
    files: {
      'pdb.yaml':
        'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n',
    },
    steps: [
      { run: 'create deployment web --image=c', out: 'created' },
      { run: 'apply -f $DIR/pdb.yaml', out: 'created' },
      { run: 'rollout status deployment/web --timeout=30s', out: 'successfully rolled out' },
      { run: 'get pdb web', out: /web +1 +N\/A +0 /, withinMs: 5000 },
      {
        run: 'drain flux-sim-0 --pod-selector=app=web --timeout=3s --ignore-daemonsets --delete-emptydir-data',
        fails: true,
        err: "Cannot evict pod as it would violate the pod's disruption budget",
      },
      { run: 'uncordon flux-sim-0', out: 'uncordoned' },
    ],
  },
  {
    name: 'Jobs end as they do',
    programs: KUBECTLS,
    simulator: true,
    files: {
      'jobs.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: many}
spec:
  completions: 3
  parallelism: 3
  completionMode: Indexed
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: broken}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: {simulator.flux-ts.dev/fail: JobFailed}}
    spec: {restartPolicy: Never, containers: [{name: c, image: c}]}
`,
    },
    steps: [
      { run: 'apply -f $DIR/jobs.yaml', out: 'job.batch/broken created' },
      { run: 'wait --for=condition=Complete job/many --timeout=30s', out: 'condition met' },
      { run: 'wait --for=condition=Failed job/broken --timeout=30s', out: 'condition met' },
      { run: 'get job many', out: /many +Complete +3\/3/ },
      { run: 'describe job many', out: [/Completed Indexes: +0-2/, /Completed .*Job completed/] },
      { run: 'describe job broken', out: [/0 Active.* \/ 0 Succeeded \/ 1 Failed/, /BackoffLimitExceeded/] },
    ],
  },
];
