import { KUBECTLS, type Scenario, type Step } from '../scenario.ts';

/** Every subcommand of `kubectl create`, and what must stand afterwards. */
function creates(name: string, command: string, steps: readonly Step[], files: Readonly<Record<string, string>> = {}): Scenario {
  return {
    name: `create ${name}`,
    programs: KUBECTLS,
    files,
    steps: [{ run: `create ${command}`, out: 'created' }, ...steps, { run: `create ${command}`, fails: true, err: /already exists/ }],
  };
}

const CERT = `-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANmb28wIBcN
MjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA2ZvbzBZ
-----END CERTIFICATE-----
`;

/** Scenarios of `kubectl create`. */
export const CREATING: readonly Scenario[] = [
  creates('namespace', 'namespace extra-$NS', [
    { run: 'get namespace extra-$NS -o jsonpath={.status.phase}', out: /^Active$/ },
    { run: 'get namespace extra-$NS -o yaml', out: ['kubernetes.io/metadata.name: extra-$NS', '- kubernetes\n', 'phase: Active'] },
    { run: 'get serviceaccount default -n extra-$NS', out: /default +\d+ +\d+s/ },
    { run: 'get configmap kube-root-ca.crt -n extra-$NS -o name', out: /^configmap\/kube-root-ca.crt\n$/ },
  ]),
  creates('configmap', 'configmap cm --from-literal=a=1 --from-literal=b=two', [
    { run: 'get configmap cm -o jsonpath={.data}', out: '{"a":"1","b":"two"}' },
    { run: 'get cm cm', out: /NAME +DATA +AGE\ncm +2 +\d+s/ },
  ]),
  creates(
    'configmap from a file',
    'configmap cm --from-file=$DIR/app.conf',
    [{ run: 'get configmap cm -o jsonpath={.data.app\\.conf}', out: 'key = value' }],
    { 'app.conf': 'key = value\n' },
  ),
  creates('secret generic', 'secret generic s --from-literal=password=hunter2', [
    { run: 'get secret s -o jsonpath={.data.password}', out: 'aHVudGVyMg==' },
    { run: 'get secret s', out: /NAME +TYPE +DATA +AGE\ns +Opaque +1 +\d+s/ },
    { run: 'describe secret s', out: /password: +7 bytes/ },
  ]),
  creates('secret docker-registry', 'secret docker-registry reg --docker-server=r.example.com --docker-username=u --docker-password=p', [
    { run: 'get secret reg -o jsonpath={.type}', out: 'kubernetes.io/dockerconfigjson' },
  ]),
  creates('deployment', 'deployment web --image=nginx:1.25 --replicas=2', [
    {
      run: 'get deployment web -o jsonpath={.spec.replicas}/{.spec.progressDeadlineSeconds}/{.spec.strategy.rollingUpdate.maxSurge}',
      out: '2/600/25%',
    },
    { run: 'get deploy', out: /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +\d\/2 / },
  ]),
  creates('job', 'job once --image=busybox:1.36 -- echo hi', [
    { run: 'get job once -o jsonpath={.spec.backoffLimit}/{.spec.completions}/{.spec.template.spec.restartPolicy}', out: '6/1/Never' },
    { run: 'get job once', out: /NAME +STATUS +COMPLETIONS +DURATION +AGE\nonce/ },
  ]),
  creates('cronjob', 'cronjob nightly --image=busybox:1.36 --schedule="0 3 * * *" -- date', [
    {
      run: 'get cronjob nightly',
      out: /NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\nnightly +0 3 \* \* \* +<none> +False +0 +<none>/,
    },
  ]),
  creates('role', 'role reader --verb=get,list --resource=pods', [
    { run: 'get role reader -o jsonpath={.rules[0].verbs}', out: '["get","list"]' },
  ]),
  creates('rolebinding', 'rolebinding readers --clusterrole=view --serviceaccount=$NS:default', [
    { run: 'get rolebinding readers', out: /NAME +ROLE +AGE\nreaders +ClusterRole\/view/ },
  ]),
  creates('clusterrole', 'clusterrole reader-$NS --verb=get --resource=nodes', [
    { run: 'get clusterrole reader-$NS', out: /NAME +CREATED AT/ },
  ]),
  creates('clusterrolebinding', 'clusterrolebinding b-$NS --clusterrole=view --user=jane', [
    { run: 'get clusterrolebinding b-$NS -o wide', out: /USERS +GROUPS +SERVICEACCOUNTS\n.* jane/ },
  ]),
  creates('service clusterip', 'service clusterip web --tcp=80:8080', [
    {
      run: 'get service web',
      out: /NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nweb +ClusterIP +10\.\d+\.\d+\.\d+ +<none> +80\/TCP/,
    },
  ]),
  creates('service clusterip headless', 'service clusterip web --clusterip=None', [
    { run: 'get service web', out: /web +ClusterIP +None +<none> +<none>/ },
  ]),
  creates('service nodeport', 'service nodeport web --tcp=80:8080', [
    { run: 'get service web', out: /web +NodePort +\S+ +<none> +80:3\d{4}\/TCP/ },
  ]),
  creates('service loadbalancer', 'service loadbalancer web --tcp=80', [
    { run: 'get service web -o jsonpath={.spec.type}/{.spec.externalTrafficPolicy}', out: 'LoadBalancer/Cluster' },
  ]),
  creates('service externalname', 'service externalname web --external-name=example.com', [
    { run: 'get service web', out: /web +ExternalName +<none> +example.com +<none>/ },
  ]),
  creates('serviceaccount', 'serviceaccount robot', [{ run: 'get sa robot', out: /NAME +(SECRETS +)?AGE\nrobot/ }]),
  creates('quota', 'quota q --hard=pods=3,configmaps=10', [{ run: 'describe quota q', out: /pods +0 +3/, withinMs: 3000 }]),
  creates('poddisruptionbudget', 'poddisruptionbudget pdb --selector=app=web --min-available=1', [
    { run: 'get pdb pdb', out: /pdb +1 +N\/A +\d+/ },
  ]),
  creates('priorityclass', 'priorityclass high-$NS --value=1000', [
    { run: 'get priorityclass high-$NS -o jsonpath={.value}', out: '1000' },
  ]),
  creates('ingress', 'ingress web --rule="example.com/*=web:80" --class=nginx', [
    { run: 'get ingress web', out: /NAME +CLASS +HOSTS +ADDRESS +PORTS +AGE\nweb +nginx +example.com/ },
  ]),
  {
    name: 'create secret tls refuses what is no certificate',
    programs: KUBECTLS,
    files: { 'tls.crt': CERT, 'tls.key': 'nothing' },
    steps: [{ run: 'create secret tls t --cert=$DIR/tls.crt --key=$DIR/tls.key', fails: true, err: /tls/ }],
  },
  {
    name: 'create token',
    programs: KUBECTLS,
    steps: [
      { run: 'create serviceaccount robot', out: 'created' },
      { run: 'create token robot', out: /^eyJ[\w-]+\.[\w-]+\.[\w-]+\s*$/ },
      { run: 'create token robot --duration=5m', fails: true, err: /may not specify a duration less than 10 minutes/ },
      { run: 'create token nobody', fails: true, err: 'serviceaccounts "nobody" not found' },
    ],
  },
  {
    name: 'create dry run on the server',
    programs: KUBECTLS,
    steps: [
      {
        run: 'create deployment web --image=nginx --dry-run=server -o yaml',
        out: ['uid:', 'progressDeadlineSeconds: 600'],
        not: 'resourceVersion',
      },
      { run: 'get deployment web', fails: true, err: 'deployments.apps "web" not found' },
    ],
  },
  {
    name: 'create from a file with an unknown field',
    programs: KUBECTLS,
    files: { 'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nspec: {x: 1}\n' },
    steps: [
      { run: 'create -f $DIR/bad.yaml', fails: true, err: /strict decoding error: unknown field "spec"/ },
      { run: 'create -f $DIR/bad.yaml --validate=warn', err: /Warning: unknown field "spec"/, out: 'configmap/bad created' },
      { run: 'get configmap bad -o yaml', not: 'spec:' },
    ],
  },
  {
    name: 'create with a generated name',
    programs: KUBECTLS,
    files: { 'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n' },
    steps: [
      { run: 'create -f $DIR/cm.yaml', out: /configmap\/gen-[bcdfghjklmnpqrstvwxz2456789]{5} created/ },
      { run: 'create -f $DIR/cm.yaml', out: /configmap\/gen-[bcdfghjklmnpqrstvwxz2456789]{5} created/ },
    ],
  },
  {
    name: 'create in a namespace that is not there',
    programs: KUBECTLS,
    steps: [{ run: 'create configmap a -n nowhere', fails: true, err: 'namespaces "nowhere" not found' }],
  },
  {
    name: 'create of a Pod without containers',
    programs: KUBECTLS,
    files: { 'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n' },
    steps: [{ run: 'create -f $DIR/pod.yaml', fails: true, err: /spec.containers: Required value/ }],
  },
];
