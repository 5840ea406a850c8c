import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { absurd, anyText, bodyOf, type LiveValues, odd, onTheWire } from './arbitrary-bodies.ts';
import { routeOf } from './contract.ts';
import { HTTP_FUNCTIONS, type HttpFunction, type RequestOptions } from './functions.ts';

/** Somebody who sends requests: their cookies, and values that would be good ones for them. */
export interface Actor {
  readonly cookies: readonly string[];
  readonly live: LiveValues;
}

export interface FuzzedRequest {
  readonly route: HttpFunction;
  readonly path: string;
  readonly options: RequestOptions;
}

// Made once: it takes a while.
const anyJson = fc.jsonValue();

/** What stands in a path: a provider, or the id of a notice. */
const segmentOf = (ids: readonly string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('email', 'wechat', 'qq', ...ids) },
    {
      weight: 1,
      arbitrary: fc.oneof(absurd, odd).map((text) => encodeURIComponent(text.toWellFormed()) || 'x'),
    },
  );

const headers = fc.record(
  {
    'accept-language': fc.oneof(absurd, fc.constantFrom('en', '*', 'en;q=0', 'zh-TW,en;q=0.9', ';;,,q=')),
    'user-agent': absurd,
    'x-forwarded-for': fc.oneof(absurd, fc.ipV4(), fc.ipV6()),
  },
  { requiredKeys: [] },
);
const rightTypeAndOrigin = fc.record(
  { 'content-type': fc.constant('application/json'), origin: fc.constant('https://console.example.com') },
  { requiredKeys: ['content-type'] },
);
const anyTypeAndOrigin = fc.record(
  {
    'content-type': fc.oneof(absurd, fc.constantFrom('application/json;charset=utf-8', 'text/plain')),
    origin: fc.oneof(absurd, fc.constantFrom('null', 'https://console.example.com.evil.example')),
  },
  { requiredKeys: [] },
);
const typeAndOrigin = fc.oneof(
  { weight: 9, arbitrary: rightTypeAndOrigin },
  { weight: 1, arbitrary: anyTypeAndOrigin },
);

const QUERY_NAMES = ['state', 'code', 'cursor', 'error', 'usercancel', 'ticket', 'return_to'] as const;

function queryOf(live: LiveValues): fc.Arbitrary<string> {
  const fields = Object.fromEntries(QUERY_NAMES.map((name) => [name, anyText(live[name])]));
  const right = fc.record({ state: anyText(live['state']), code: anyText(live['scan']) });
  const encoded = (record: object) => String(new URLSearchParams(record as Record<string, string>));
  return fc.oneof(
    { weight: 4, arbitrary: right.map(encoded) },
    { weight: 4, arbitrary: fc.record({ cursor: anyText(live['cursor']) }).map(encoded) },
    { weight: 2, arbitrary: fc.record(fields, { requiredKeys: [] }).map(encoded) },
    { weight: 1, arbitrary: fc.tuple(right, right).map((both) => both.map(encoded).join('&')) },
    { weight: 1, arbitrary: absurd },
    { weight: 1, arbitrary: fc.constantFrom('', 'state=%', 'code', '&&==&', 'cursor', 'cursor=&cursor=') },
  );
}

const NAMES = ['__Host-session', '__Host-browser', '__Host-device'] as const;

function cookiesOf({ cookies }: Actor, others: readonly Actor[]): fc.Arbitrary<readonly string[]> {
  const own = cookies.length > 0 ? cookies : ['__Host-session='];
  const anybodys = [...own, ...others.flatMap((other) => other.cookies)];
  const anyPair = fc.tuple(fc.constantFrom(...NAMES), anyText()).map((pair) => pair.join('='));
  return fc.oneof(
    { weight: 16, arbitrary: fc.constant(cookies) },
    { weight: 1, arbitrary: fc.subarray([...own]) },
    { weight: 1, arbitrary: fc.subarray(anybodys, { maxLength: Math.min(4, anybodys.length) }) },
    { weight: 1, arbitrary: fc.tuple(anyText(own)) },
    { weight: 1, arbitrary: fc.array(fc.oneof(anyPair, absurd), { maxLength: 3 }) },
  );
}

type Edit = (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2;

const inHttp =
  (change: Partial<APIGatewayProxyEventV2['requestContext']['http']>): Edit =>
  (event) => ({
    ...event,
    requestContext: { ...event.requestContext, http: { ...event.requestContext.http, ...change } },
  });
const without =
  (name: 'cookies' | 'pathParameters' | 'queryStringParameters'): Edit =>
  ({ [name]: _gone, ...event }) =>
    event;
/** What the gateway says besides, which a caller has some say in. */
const edit = fc.oneof(
  fc
    .oneof(absurd, odd, fc.constant('📱'.repeat(120)), fc.constant('x📱'.repeat(120)))
    .map((userAgent) => inHttp({ userAgent })),
  fc
    .oneof(absurd, odd, fc.ipV4(), fc.ipV6(), fc.constant('::ffff:203.0.113.7'))
    .map((sourceIp) => inHttp({ sourceIp })),
  fc.constantFrom<Edit>(without('cookies'), without('pathParameters'), without('queryStringParameters')),
  fc.oneof(absurd, odd).map(
    (provider): Edit =>
      (event) => ({ ...event, pathParameters: { provider } }),
  ),
  fc.dictionary(fc.oneof(absurd, odd), absurd, { maxKeys: 4 }).map(
    (more): Edit =>
      (event) => ({ ...event, headers: { ...event.headers, ...more } }),
  ),
);
const maybeEdited = fc.option(edit, { freq: 10, nil: undefined });

/** Sessions are needed for the rest, too. */
const isLast = ({ method, pathPattern }: HttpFunction) =>
  method === 'DELETE' && pathPattern.startsWith('/session');

/** Requests to functions that serverless.yml has, each made from the route's own form, from bytes, and from anything between. */
export function requestsOf(
  actors: readonly Actor[],
  routes: readonly HttpFunction[] = HTTP_FUNCTIONS,
): fc.Arbitrary<FuzzedRequest> {
  const requests = actors.flatMap((actor) =>
    routes.map((route) => {
      const { body: form } = routeOf(route).form;
      const payload = onTheWire(form ? bodyOf(form, actor.live) : anyJson);
      const none = { weight: form ? 0 : 3, arbitrary: fc.constant({}) };
      const request = fc.record({
        segment: route.pathPattern.includes('{id}') ? segmentOf(actor.live['notice'] ?? []) : segmentOf([]),
        payload: fc.oneof(none, { weight: 1, arbitrary: payload }),
        headers,
        typeAndOrigin,
        query: route.method === 'GET' ? queryOf(actor.live) : fc.constant(''),
        cookies: cookiesOf(actor, actors),
        edit: maybeEdited,
      });
      const arbitrary = request.map(({ segment, payload, headers, typeAndOrigin, query, cookies, edit }) => ({
        route,
        path: route.pathPattern.replaceAll(/\{\w+\}/g, segment),
        options: {
          ...payload,
          headers: { ...headers, ...typeAndOrigin },
          query,
          cookies,
          ...(edit && { edit }),
        },
      }));
      return { weight: isLast(route) ? 1 : 6, arbitrary };
    }),
  );
  return fc.oneof(...requests);
}
