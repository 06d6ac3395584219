import { KUBECTLS, type Scenario } from '../scenario.ts';

/** Scenarios of authorization. */
export const ACCESS: readonly Scenario[] = [
  {
    name: 'auth',
    programs: KUBECTLS,
    steps: [
      { run: 'auth whoami', out: [/Username +kubernetes-admin/, 'system:masters'] },
      { run: 'auth can-i create deployments', out: /^yes/ },
      { run: 'auth can-i "*" "*" --all-namespaces', out: /^yes/ },
      { run: 'create serviceaccount robot', out: 'created' },
      { run: 'auth can-i list configmaps --as=system:serviceaccount:$NS:robot', fails: true, out: /^no/ },
      {
        run: 'get configmaps --as=system:serviceaccount:$NS:robot',
        fails: true,
        err: 'configmaps is forbidden: User "system:serviceaccount:$NS:robot" cannot list resource "configmaps" in API group "" in the namespace "$NS"',
      },
      { run: 'create rolebinding robot --clusterrole=view --serviceaccount=$NS:robot', out: 'created' },
      { run: 'auth can-i list configmaps --as=system:serviceaccount:$NS:robot', out: /^yes/ },
      { run: 'get configmaps --as=system:serviceaccount:$NS:robot -o name', out: 'configmap/kube-root-ca.crt' },
      { run: 'get secrets --as=system:serviceaccount:$NS:robot', fails: true, err: /is forbidden/ },
      { run: 'auth can-i --list --as=system:serviceaccount:$NS:robot', out: [/configmaps +\[\] +\[\] +\[get list watch\]/, '/healthz'] },
      { run: 'auth whoami --as=jane --as-group=team', out: [/Username +jane/, 'team'] },
      {
        run: 'create rolebinding more --clusterrole=edit --user=jane --as=system:serviceaccount:$NS:robot',
        fails: true,
        err: /is forbidden/,
      },
    ],
  },
  {
    name: 'auth reconcile and escalation',
    programs: ['kubectl136'],
    files: {
      'role.yaml':
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: strong, namespace: $NS}\nrules: [{apiGroups: [""], resources: [secrets], verbs: ["*"]}]\n',
    },
    steps: [
      { run: 'auth reconcile -f $DIR/role.yaml', out: 'reconciled' },
      { run: 'create role rbac --verb=create,get,update --resource=roles,rolebindings', out: 'created' },
      { run: 'create rolebinding rbac --role=rbac --user=jane', out: 'created' },
      {
        run: 'create role mine --verb=get --resource=secrets --as=jane',
        fails: true,
        err: /is attempting to grant RBAC permissions not currently held/,
      },
    ],
  },
];
