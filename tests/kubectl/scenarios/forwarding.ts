import { BIG, RUNS_HERE, sha256 } from '../real-pods.ts';
import { KUBECTLS, type Scenario, type Step } from '../scenario.ts';

const START: readonly Step[] = [
  { run: `run real --image=example/web --port=80 --labels=${RUNS_HERE}`, out: 'pod/real created' },
  { run: 'wait --for=condition=Ready pod/real --timeout=60s', out: 'condition met' },
];

/** Several connections at once, ten megabytes down and up. */
async function work([port]: readonly number[]): Promise<string | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const texts = await Promise.all(
    ['/a', '/b', '/c', '/d', '/e', '/f'].map(async (path) => `${path}: ${await (await fetch(url + path)).text()}`),
  );
  const wrong = texts.find((text) => !/^(\S+): hello \1\n$/.test(text));
  if (wrong !== undefined) return `a wrong answer: ${wrong}`;
  const down = await Promise.all([1, 2, 3].map(async () => sha256(new Uint8Array(await (await fetch(`${url}/big`)).arrayBuffer()))));
  const up = await (await fetch(url, { method: 'POST', body: BIG })).text();
  const sum = sha256(BIG);
  return [...down, up].every((one) => one === sum) ? undefined : `ten megabytes with sha256 ${sum} became ${[...down, up].join(', ')}`;
}

async function greet([port]: readonly number[]): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  return text === 'hello /\n' ? undefined : `a wrong answer: ${text}`;
}

/** A connection that gets no answer. */
async function knock([port]: readonly number[]): Promise<string | undefined> {
  return await fetch(`http://127.0.0.1:${port}/`).then(
    () => 'an answer came',
    () => undefined,
  );
}

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, runs: here}}
    spec:
      containers: [{name: web, image: example/web, ports: [{name: http, containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: front, port: 8080, targetPort: http}]
`;

const ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods, pods/portforward], verbs: [get, list]}
`;

/** Scenarios of Pods that really run, and of commands that need a container. */
export const FORWARDING: readonly Scenario[] = [
  {
    name: 'port-forward to a pod',
    programs: KUBECTLS,
    own: true,
    steps: [...START, { run: 'port-forward pod/real :80', out: /^Forwarding from 127\.0\.0\.1:\d+ -> 80$/m, through: work }],
  },
  {
    name: 'port-forward without WebSockets',
    programs: KUBECTLS,
    own: true,
    steps: [...START, { run: 'port-forward pod/real :80', env: { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }, through: work }],
  },
  {
    name: 'port-forward to services and deployments',
    programs: KUBECTLS,
    own: true,
    files: { 'web.yaml': WEB },
    steps: [
      { run: 'apply -f $DIR/web.yaml', out: 'service/web created' },
      { run: 'rollout status deployment/web --timeout=60s', out: 'successfully rolled out' },
      { run: 'port-forward service/web :8080', out: / -> 80$/m, through: greet },
      { run: 'port-forward service/web :front', out: / -> 80$/m, through: greet },
      { run: 'port-forward deployment/web :http', out: / -> 80$/m, through: greet },
      { run: 'port-forward service/web :9', fails: true, err: 'Service web does not have a service port 9' },
    ],
  },
  {
    name: 'port-forward to a port where nothing listens',
    programs: KUBECTLS,
    own: true,
    steps: [
      ...START,
      {
        run: 'port-forward pod/real :81',
        through: knock,
        fails: true,
        err: /an error occurred forwarding \d+ -> 81: error forwarding port 81 to pod \S+, uid : failed to execute portforward in network namespace .*failed to connect to localhost:81 inside namespace .*dial tcp4 127\.0\.0\.1:81: connect: connection refused .*\nerror: lost connection to pod/s,
      },
    ],
  },
  {
    name: 'port-forward to pods that do not run',
    programs: KUBECTLS,
    own: true,
    steps: [
      { run: 'run played --image=nginx --port=80', out: 'pod/played created' },
      { run: 'wait --for=condition=Ready pod/played --timeout=60s', out: 'condition met' },
      { run: 'port-forward pod/played :80', fails: true, err: 'portforward is not served: this Pod is simulated, no container runs' },
      { run: 'port-forward pod/nobody :80', fails: true, err: 'Error from server (NotFound): pods "nobody" not found' },
      {
        run: `run waiting --image=example/web --labels=${RUNS_HERE} --annotations=simulator.flux-ts.dev/fail=Unschedulable`,
        out: 'pod/waiting created',
      },
      {
        run: 'port-forward pod/waiting :80',
        fails: true,
        err: 'error: unable to forward port because pod is not running. Current status=Pending',
      },
    ],
  },
  {
    name: 'port-forward needs create',
    programs: KUBECTLS,
    own: true,
    files: { 'role.yaml': ROLE },
    steps: [
      ...START,
      { run: 'apply -f $DIR/role.yaml', out: 'created' },
      { run: 'create rolebinding reader --role=reader --user=jane', out: 'created' },
      { run: 'port-forward pod/real :80 --as=jane', fails: true, err: 'cannot create resource "pods/portforward" in API group ""' },
      {
        run: 'patch role reader --type=json -p [{"op":"add","path":"/rules/0/verbs/-","value":"create"}]'.replace(/\[.*\]/, "'$&'"),
        out: 'patched',
      },
      { run: 'port-forward pod/real :80 --as=jane', through: greet },
    ],
  },
  {
    name: 'commands that need a container',
    programs: KUBECTLS,
    own: true,
    files: { 'file.txt': 'text\n' },
    steps: [
      ...START,
      { run: 'run played --image=nginx', out: 'pod/played created' },
      { run: 'wait --for=condition=Ready pod/played --timeout=60s', out: 'condition met' },
      { run: 'exec played -- ls', fails: true, err: 'exec is not served: this Pod is simulated, no container runs' },
      { run: 'exec -i played -- sh', stdin: 'ls\n', fails: true, err: 'exec is not served: this Pod is simulated, no container runs' },
      { run: 'attach played', fails: true, err: 'attach is not served: this Pod is simulated, no container runs' },
      { run: 'cp $DIR/file.txt played:/tmp/file.txt', fails: true, err: 'exec is not served: this Pod is simulated' },
      { run: 'cp played:/tmp/file.txt $DIR/copy.txt', fails: true, err: 'exec is not served: this Pod is simulated' },
      {
        run: 'exec real -- ls',
        fails: true,
        err: "exec is not served: this Pod runs inside the cluster's own process, it has no container",
      },
    ],
  },
];
