import { stringifyJson, type JsonObject } from '@flux-ts/base';
import { wantsAggregatedDiscovery } from '../body/media-type.ts';
import type { Context } from '../core.ts';
import { aggregatedDiscovery, AGGREGATED_DISCOVERY, apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery.ts';
import { ISSUER } from '../authn/tokens.ts';
import { header, type Answer } from '../request.ts';

const HEALTH = new Set(['/healthz', '/livez', '/readyz']);
const CHECKS = ['ping', 'log', 'etcd'];

/** Answers a request that is for no resource; undefined: there is no such path. */
export function handlePath(context: Context): Answer | undefined {
  const { core, info } = context;
  const path = info.path.length > 1 && info.path.endsWith('/') ? info.path.slice(0, -1) : info.path;
  if (path === '/version') return json(core.version);
  const health = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path);
  if (health !== null) return healthAnswer(context, `/${health[1] as string}`, health[2]);
  if (path === '/api' || path === '/apis') return discovery(context, path === '/api');
  if (path === '/openapi/v3' || path.startsWith('/openapi/v3/')) return core.openApi.answer(path, context.request.query.get('hash'));
  if (path === '/openapi/v2') return openApiV2(context);
  if (path === '/openid/v1/jwks') return json(core.tokens.jwks());
  if (path === '/.well-known/openid-configuration') {
    const keys = { issuer: ISSUER, jwks_uri: `${ISSUER}/openid/v1/jwks` };
    return json({
      ...keys,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  }
  if (path === '/metrics') return metrics(context);
  if (path === '/' || path === '') return json({ paths: rootPaths(context) });
  return group(context, path);
}

/** Version 2 names nothing: clients that find no kind in version 3 look here and must not take its absence for an error. */
function openApiV2(context: Context): Answer {
  const object = {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: String(context.core.version['gitVersion']) },
    paths: {},
    definitions: {},
  };
  if (!header(context.request, 'accept').includes(PROTOBUF_V2)) return json(object);
  // one field: swagger = "2.0"
  const bytes = Buffer.from([0x0a, 0x03, 0x32, 0x2e, 0x30]);
  return { kind: 'bytes', status: 200, contentType: PROTOBUF_V2.replace('@', '.'), object: () => object, bytes: () => bytes };
}

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

function json(object: JsonObject): Answer {
  return { kind: 'object', status: 200, object };
}

function healthAnswer(context: Context, path: string, check: string | undefined): Answer | undefined {
  if (!HEALTH.has(path)) return undefined;
  const name = path.slice(1);
  const verbose = context.request.query.flag('verbose') && check === undefined;
  const text = verbose ? `${CHECKS.map((c) => `[+]${c} ok`).join('\n')}\n${name} check passed\n` : 'ok';
  return { kind: 'text', status: 200, text, contentType: 'text/plain; charset=utf-8' };
}

function discovery(context: Context, isCore: boolean): Answer {
  const { catalog } = context.core;
  if (wantsAggregatedDiscovery(header(context.request, 'accept'))) {
    const object = aggregatedDiscovery(catalog, isCore);
    return {
      kind: 'bytes',
      status: 200,
      contentType: AGGREGATED_DISCOVERY,
      object: () => object,
      bytes: () => Buffer.from(stringifyJson(object)),
      headers: { vary: 'Accept' },
    };
  }
  return json(isCore ? apiVersions(header(context.request, 'host')) : apiGroupList(catalog));
}

function group(context: Context, path: string): Answer | undefined {
  const { catalog } = context.core;
  const parts = path.slice(1).split('/');
  const found =
    parts[0] === 'api' && parts.length === 2
      ? apiResourceList(catalog, '', parts[1] as string)
      : parts[0] === 'apis' && parts.length === 2
        ? apiGroup(catalog, parts[1] as string)
        : parts[0] === 'apis' && parts.length === 3
          ? apiResourceList(catalog, parts[1] as string, parts[2] as string)
          : undefined;
  return found === undefined ? undefined : json(found);
}

function rootPaths({ core }: Context): string[] {
  const paths = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v3',
    '/openid/v1/jwks',
    '/readyz',
    '/version',
  ];
  for (const { group: name, versions } of core.catalog.groups()) {
    if (name === '') continue;
    paths.push(`/apis/${name}`, ...versions.map((v) => `/apis/${name}/${v}`));
  }
  return paths.sort();
}

function metrics({ core }: Context): Answer {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(core.counters.snapshot())) {
    const metric = `flux_ts_${name.replace(/[^a-zA-Z0-9]+/g, '_')}_total`;
    lines.push(`# TYPE ${metric} counter`, `${metric} ${value}`);
  }
  lines.push('# TYPE apiserver_storage_objects gauge');
  for (const table of core.store.tables())
    if (table.size > 0) lines.push(`apiserver_storage_objects{resource="${table.key}"} ${table.size}`);
  return { kind: 'text', status: 200, text: `${lines.join('\n')}\n`, contentType: 'text/plain; version=0.0.4; charset=utf-8' };
}
