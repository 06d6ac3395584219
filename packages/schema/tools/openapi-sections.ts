import { splitName, type Swagger } from './type-sections.ts';

/** The descriptions that go with a Swagger document. */
export interface Descriptions {
  readonly definitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly operations: Readonly<Record<string, string>>;
}

/** What is packed: every section is a JSON text of its own. */
export interface OpenApiSections {
  readonly schemas: { readonly paths: Record<string, string>; readonly parameters: string; readonly definitions: Record<string, string> };
  readonly descriptions: { readonly definitions: Record<string, string>; readonly operations: string };
}

/** The document that a path belongs to: `api/v1`, `apis/apps/v1`, `apis/apps`, `version`. */
function documentOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'api') return parts.slice(0, 2).join('/');
  return parts[0] === 'apis' ? parts.slice(0, 3).join('/') : String(parts[0]);
}

function byPackage(definitions: Readonly<Record<string, unknown>>): Record<string, string> {
  const sections = new Map<string, Record<string, unknown>>();
  for (const [name, definition] of Object.entries(definitions)) {
    const [pkg, short] = splitName(name);
    const section = sections.get(pkg) ?? {};
    sections.set(pkg, section);
    section[short] = definition;
  }
  return Object.fromEntries([...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([pkg, section]) => [pkg, JSON.stringify(section)]));
}

/** Cuts a Swagger document and its descriptions into sections. */
export function openApiSections(swagger: Swagger, descriptions: Descriptions): OpenApiSections {
  const paths = new Map<string, Record<string, unknown>>();
  for (const [path, item] of Object.entries(swagger.paths)) {
    const document = documentOf(path);
    const section = paths.get(document) ?? {};
    paths.set(document, section);
    section[path] = item;
  }
  return {
    schemas: {
      paths: Object.fromEntries([...paths].map(([document, items]) => [document, JSON.stringify(items)])),
      parameters: JSON.stringify(swagger.parameters),
      definitions: byPackage(swagger.definitions),
    },
    descriptions: { definitions: byPackage(descriptions.definitions), operations: JSON.stringify(descriptions.operations) },
  };
}
