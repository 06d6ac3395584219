import { KUBECTLS, type Scenario } from '../scenario.ts';

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.$NS.example.com}
spec:
  group: $NS.example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd$PROGRAM], categories: [toys$PROGRAM]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    - {name: Note, type: string, jsonPath: .spec.note, priority: 1}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: Widget is a toy.
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1, maximum: 10, description: Size in inches.}
              colour: {type: string, default: red, enum: [red, green]}
              note: {type: string}
              replicas: {type: integer}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer}}}
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
            default: {observedGeneration: -1}
  - name: v1alpha1
    served: true
    storage: false
    deprecated: true
    schema:
      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;

function widget(spec: string): string {
  return `apiVersion: $NS.example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {${spec}}\n`;
}

/** Scenarios of custom resources. */
export const CUSTOM: readonly Scenario[] = [
  {
    name: 'custom resources',
    programs: KUBECTLS,
    files: {
      'crd.yaml': CRD,
      'w.yaml': widget('size: 3, parts: [{name: a, count: 1}]'),
      'w2.yaml': widget('size: 4, parts: [{name: b, count: 2}]'),
      'bad.yaml': widget('size: 30, colour: blue'),
      'unknown.yaml': widget('size: 3, nothing: 1'),
    },
    steps: [
      { run: 'apply -f $DIR/crd.yaml', out: 'created' },
      { run: 'wait --for=condition=Established crd/widgets.$NS.example.com --timeout=10s', out: 'condition met' },
      { run: 'apply -f $DIR/crd.yaml', out: 'unchanged' },
      { run: 'api-resources --api-group=$NS.example.com', out: /widgets +wd\w+ +\S+\/v1 +true +Widget/ },
      { run: 'get crd widgets.$NS.example.com', out: /NAME +CREATED AT/ },
      { run: 'explain widgets.$NS.example.com.spec.size', out: ['FIELD: size <integer>', 'Size in inches.'] },
      {
        run: 'apply -f $DIR/bad.yaml',
        fails: true,
        err: [/spec.size: Invalid value: 30: spec.size in body should be less than or equal to 10/][0] as RegExp,
      },
      { run: 'apply -f $DIR/bad.yaml', fails: true, err: /spec.colour: Unsupported value: "blue": supported values: "red", "green"/ },
      { run: 'apply -f $DIR/unknown.yaml', fails: true, err: /unknown field "spec.nothing"/ },
      { run: 'apply -f $DIR/w.yaml', out: 'created' },
      { run: 'get wd$PROGRAM', out: /NAME +SIZE +READY +AGE\nw +3 +\d+s/ },
      { run: 'get wd$PROGRAM -o wide', out: /NAME +SIZE +READY +NOTE +AGE/ },
      { run: 'get toys$PROGRAM -o name', out: 'widget.$NS.example.com/w' },
      { run: 'get wd$PROGRAM w -o jsonpath={.spec.colour}/{.status.observedGeneration}', out: 'red/-1' },
      { run: 'apply -f $DIR/w2.yaml', out: 'configured' },
      { run: 'get wd$PROGRAM w -o jsonpath={.spec.parts}', out: '[{"count":2,"name":"b"}]' },
      { run: 'apply --server-side --field-manager=x --force-conflicts -f $DIR/w.yaml', out: 'serverside-applied' },
      { run: 'get widgets.v1alpha1.$NS.example.com w -o jsonpath={.apiVersion}', out: '$NS.example.com/v1alpha1', err: /is deprecated/ },
      { run: `patch wd$PROGRAM w --type=merge -p '{"spec":{"size":5}}'`, out: 'patched' },
      { run: `patch wd$PROGRAM w -p '{"spec":{"size":5}}'`, fails: true, err: /strategic/i },
      {
        run: `patch wd$PROGRAM w --subresource=status --type=merge -p '{"status":{"observedGeneration":9,"conditions":[{"type":"Ready","status":"True"}]}}'`,
        out: 'patched',
      },
      { run: 'wait --for=condition=Ready wd$PROGRAM/w --timeout=10s', out: 'condition met' },
      { run: 'get wd$PROGRAM w', out: /w +5 +True/ },
      { run: 'get wd$PROGRAM w -o jsonpath={.metadata.generation}', out: '5' },
      { run: 'scale wd$PROGRAM/w --replicas=2', out: 'scaled' },
      { run: 'get wd$PROGRAM w -o jsonpath={.spec.replicas}', out: '2' },
      { run: 'describe wd$PROGRAM w', out: ['Kind:         Widget', 'Size:'] },
      { run: 'delete wd$PROGRAM w', out: 'deleted' },
      { run: 'apply -f $DIR/w.yaml', out: 'created' },
      { run: 'delete crd widgets.$NS.example.com', out: 'deleted' },
      { run: 'get widgets.$NS.example.com', fails: true },
    ],
  },
  {
    name: 'a definition that is wrong',
    programs: KUBECTLS,
    files: {
      'crd.yaml': CRD.replace('name: widgets.$NS.example.com', 'name: other.$NS.example.com'),
      'two.yaml': CRD.replace('storage: false', 'storage: true'),
    },
    steps: [
      { run: 'create -f $DIR/crd.yaml', fails: true, err: /metadata.name: Invalid value: .*must be spec.names.plural\+"\."\+spec.group/ },
      { run: 'create -f $DIR/two.yaml', fails: true, err: /must have exactly one version marked as storage version/ },
    ],
  },
];
