import { describe, expect, test } from 'vitest';
import { goFunc } from './functions.ts';
import { toJsonValue } from './json.ts';
import { GO_TYPE, GoObject, type GoFunc, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';
import { byteLength, byteSlice, bytesToText, textToBytes } from './text.ts';
import { answer } from './testing.ts';
import { STRING_SLICE, pointerType, structType, type GoType } from './types.ts';
import { GoBytes, GoNamedMap, goInt, kindName, namedMap, stringMap, stringSlice, typeName, typedMap, typedSlice } from './values.ts';

class Point extends GoObject {
  readonly #type: GoType;

  constructor(type: GoType = structType('geo.Point')) {
    super();
    this.#type = type;
  }

  get [GO_TYPE](): GoType {
    return this.#type;
  }

  override field(name: string): MaybeValue {
    return name === 'X' ? goInt(1) : undefined;
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    return [['X', goInt(1)]];
  }

  override method(name: string): GoFunc | undefined {
    return name === 'Add' ? goFunc(name, ['int', '...string'], (args) => `added ${args.length}`) : undefined;
  }
}

const data = (): TemplateMap => ({
  p: new Point(),
  ptr: new Point(pointerType(structType('geo.Point'))),
  strings: stringSlice(['a']),
  labels: stringMap({ a: 'x' }),
  bytes: new GoBytes(Buffer.from('hi')),
  view: new GoNamedMap('common.Values', { a: { b: 1 } }),
  named: namedMap('common.Values', { a: 1 }),
});

describe('Go values in templates', () => {
  test.each([
    { text: '{{ .p.X }} {{ .p }} {{ printf "%+v %#v %T" .p .p .p }}', want: { want: '1 {1} {X:1} geo.Point{X:1} geo.Point' } },
    { text: '{{ .ptr }}', want: { want: '&{1}' } },
    { text: '{{ .p.Add 1 "x" "y" }} {{ "z" | .p.Add 1 }}', want: { want: 'added 3 added 2' } },
    {
      text: '{{ .p.Add }}',
      want: { error: 'template: t:1:5: executing "t" at <.p.Add>: wrong number of args for Add: want at least 1 got 0' },
    },
    { text: '{{ .p.Add "x" }}', want: { error: 'template: t:1:10: executing "t" at <"x">: expected integer; found "x"' } },
    { text: '{{ .p.Y }}', want: { error: 'template: t:1:5: executing "t" at <.p.Y>: can\'t evaluate field Y in type interface {}' } },
    {
      text: '{{ .p.X 1 }}',
      want: { error: 'template: t:1:5: executing "t" at <.p.X>: X has arguments but cannot be invoked as function' },
    },
    { text: '{{ toJson .p }} {{ if .p }}true{{ end }}', want: { want: '{"X":1} true' } },
    {
      text: '{{ .strings }} {{ typeOf .strings }} {{ toJson .strings }} {{ range .strings }}{{ . }}{{ end }}',
      want: { want: '[a] []string ["a"] a' },
    },
    { text: '{{ .labels.a }}{{ .labels.zz }}{{ typeOf .labels }}{{ (.labels).zz | quote }}', want: { want: 'xmap[string]string""' } },
    {
      text: '{{ keys .labels }}',
      want: {
        error: 'template: t:1:8: executing "t" at <.labels>: wrong type for value; expected map[string]interface {}; got map[string]string',
      },
    },
    {
      text: '{{ .bytes }} {{ toString .bytes }} {{ toJson .bytes }} {{ printf "%s %x" .bytes .bytes }} {{ len .bytes }}',
      want: { want: '[104 105] hi "aGk=" hi 6869 2' },
    },
    {
      text: '{{ .view.a.b }} {{ typeOf .view }} {{ kindOf .view }} {{ .view }} {{ toJson .view }} {{ len .view }}',
      want: { want: '1 common.Values map map[a:map[b:1]] {"a":{"b":1}} 1' },
    },
    {
      text: '{{ $_ := set .view "c" 2 }}{{ .view.c }}{{ hasKey .view "c" }}{{ index .view "c" }}{{ range $k, $v := .view }}{{ $k }}{{ end }}',
      want: { want: '2true2ac' },
    },
    {
      text: '{{ dig "a" "b" 0 .view }}',
      want: {
        error:
          'template: t:1:3: executing "t" at <dig "a" "b" 0 .view>: error calling dig: interface conversion: interface {} is common.Values, not map[string]interface {}',
      },
    },
    { text: '{{ merge (dict "a" (dict "c" 2)) .view | toJson }}', want: { want: '{"a":{"b":1,"c":2}}' } },
    { text: '{{ .named.a }} {{ typeOf .named }}', want: { want: '1 common.Values' } },
  ])('$text', ({ text, want }) => {
    expect(answer(text, data())).toEqual(want);
  });

  test('a key with the name of the prototype is a key like others', () => {
    const map = '{{ $d := dict "__proto__" (dict "x" 1) "a" 2 }}';
    expect(
      answer(`${map}{{ $d.x }} {{ (get $d "__proto__").x }} {{ keys $d }} {{ deepCopy $d | toJson }} {{ merge (dict) $d | toJson }}`),
    ).toEqual({
      want: '<no value> 1 [__proto__ a] {"__proto__":{"x":1},"a":2} {"__proto__":{"x":1},"a":2}',
    });
    expect(Object.keys(namedMap('x.Y', JSON.parse('{"__proto__":{"x":1}}') as TemplateMap))).toEqual(['__proto__']);
    expect(answer('{{ .__proto__ }}{{ .v.__proto__ }}{{ (.v.constructor).name }}', { v: {} })).toEqual({
      want: '<no value><no value><no value>',
    });
  });

  test('a view of a map shares its keys', () => {
    const map: TemplateMap = { a: 1 };
    answer('{{ set .v "b" 2 }}', { v: new GoNamedMap('common.Values', map) });
    expect(Object.keys(map)).toEqual(['a', 'b']);
  });

  test('toJsonValue gives the same object where nothing has to change', () => {
    const plain = { a: [1, { b: 'x' }] };
    expect(toJsonValue(plain)).toBe(plain);
    expect(toJsonValue({ a: [goInt(1)] })).toEqual({ a: [1] });
    expect(() => toJsonValue(NaN)).toThrow('json: unsupported value: NaN');
  });

  test('types are named as Go names them', () => {
    const values: MaybeValue[] = [
      null,
      undefined,
      1,
      1n,
      'x',
      [],
      {},
      typedSlice(STRING_SLICE, []),
      typedMap({ name: 'x.Y', kind: 'map' }, {}),
    ];
    expect(values.map((value) => `${typeName(value)} ${kindName(value)}`)).toEqual([
      '<nil> invalid',
      '<nil> invalid',
      'float64 float64',
      'int64 int64',
      'string string',
      '[]interface {} slice',
      'map[string]interface {} map',
      '[]string slice',
      'x.Y map',
    ]);
  });
});

describe('texts of bytes', () => {
  test('bytes that are no UTF-8 come back as they were', () => {
    const bytes = Uint8Array.from([0x61, 0xff, 0xc3, 0xa9, 0xc3, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x80]);
    expect(Buffer.from(textToBytes(bytesToText(bytes)))).toEqual(Buffer.from(bytes));
    expect(byteLength(bytesToText(bytes))).toBe(bytes.length);
  });

  test('cutting inside a character leaves its bytes', () => {
    expect(Buffer.from(textToBytes(byteSlice('h\u00e9', 0, 2)))).toEqual(Buffer.from([0x68, 0xc3]));
    expect(byteSlice('h\u00e9', 0, 2) + byteSlice('h\u00e9', 2)).not.toBe('h\u00e9');
    expect(bytesToText(textToBytes(byteSlice('h\u00e9', 0, 2) + byteSlice('h\u00e9', 2)))).toBe('h\u00e9');
  });
});
