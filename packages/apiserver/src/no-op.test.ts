import { seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiServer, type ApiServer } from './index.ts';

// Every kind that fleets hold, written as people write it: applied twice it must change once.
const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: {name: apps, labels: {team: a}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: default}
data: {key: "value", empty: ""}
---
apiVersion: v1
kind: Secret
metadata: {name: secret, namespace: default, creationTimestamp: null}
type: Opaque
stringData: {password: hunter2}
data: {user: YWRtaW4=}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: default}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata: {name: plain, namespace: default}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: balanced, namespace: default}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: default}
spec: {clusterIP: None, selector: {app: web}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim, namespace: default}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: kube-public}
spec: {hard: {cpu: 2000m, pods: 10}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: kube-public}
spec: {limits: [{type: Container, default: {cpu: 0.5}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: default}
spec: {containers: [{name: c, image: nginx, resources: {limits: {cpu: 1, memory: 1024Mi}}}], tolerations: [{operator: Exists}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, creationTimestamp: null}
    spec:
      containers:
      - name: c
        image: nginx:1.25
        args: []
        env: [{name: A, value: ""}, {name: B, value: "2"}]
        ports: [{containerPort: 80}]
        livenessProbe: {httpGet: {path: /, port: 80}}
        resources: {requests: {cpu: 0.1, memory: 128Mi}}
        securityContext: {runAsNonRoot: true}
      volumes: [{name: c, configMap: {name: config}}, {name: e, emptyDir: {}}]
status: {}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: default}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: default}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 90}]}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: default}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: default}
spec: {schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: i}]}}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: default}
spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: default}
spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: default}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: default}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: old, namespace: default}
spec: {maxReplicas: 3, targetCPUUtilizationPercentage: 50, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: default}
roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: ServiceAccount, name: robot}, {kind: User, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: mixed}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {mixed: "true"}}]}
rules: []
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: example.com/fast
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
- name: hook.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {name: hook, namespace: default}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: things, kind: Thing}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, default: 1}, list: {type: array, items: {type: string}}}}, status: {type: object, x-kubernetes-preserve-unknown-fields: true, default: {observedGeneration: -1}}}}}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: thing, namespace: default, creationTimestamp: null}
spec: {list: [a]}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lease, namespace: default}
spec: {holderIdentity: me, leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000000Z"}
`;

const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  StorageClass: 'storageclasses',
  PriorityClass: 'priorityclasses',
};
const CLUSTER = new Set([
  'Namespace',
  'ClusterRole',
  'StorageClass',
  'PriorityClass',
  'ValidatingWebhookConfiguration',
  'CustomResourceDefinition',
]);

let server: ApiServer;
beforeAll(async () => {
  server = await createApiServer({ clock: new VirtualClock(), random: seededRandom(1), freeze: true });
});
afterAll(() => server.close());

const objects = parseYamlDocuments(MANIFESTS).map((document) => document.value as JsonObject);

function pathOf(object: JsonObject): string {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const { name, namespace } = object['metadata'] as { name: string; namespace?: string };
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = CLUSTER.has(kind) ? '' : `/namespaces/${namespace ?? ''}`;
  return `${base}${scope}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}/${name}`;
}

test.each(objects.map((object) => ({ label: `${String(object['kind'])} ${String((object['metadata'] as JsonObject)['name'])}`, object })))(
  '$label applied twice changes once, also as a dry run',
  async ({ object }) => {
    const api = server.transport();
    const query = { fieldManager: 'kustomize-controller', force: 'true' };
    const apply = (config: JsonObject, more: Record<string, string> = {}) =>
      api.request({
        method: 'PATCH',
        path: pathOf(object),
        query: { ...query, ...more },
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: config,
      });
    const first = await apply(object);
    expect(first.body).toMatchObject({ kind: object['kind'] });
    const stored = (await api.request({ method: 'GET', path: pathOf(object) })).body;
    const { revision } = server;
    // another key order, so that what was remembered does not answer
    const turned = Object.fromEntries(Object.entries(object).reverse());
    const dry = await apply(turned, { dryRun: 'All' });
    expect(dry.body).toEqual(stored);
    const again = await apply(
      Object.fromEntries(Object.entries(turned).reverse().slice(1).concat(Object.entries(turned).reverse().slice(0, 1))),
    );
    expect(again.body).toEqual(stored);
    expect(server.revision).toBe(revision);
  },
);
