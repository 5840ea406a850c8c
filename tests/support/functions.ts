import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  APIGatewayProxyEventV2,
  Context,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { parse } from 'yaml';
import type { HttpResult } from '../../lib/http/answer.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The event of a route that not everybody may call. */
interface HttpApiEvent {
  readonly method: string;
  readonly path: string;
  readonly authorizer: { readonly type: string };
}

interface FunctionDefinition {
  readonly handler: string;
  readonly role: string;
  readonly events: readonly {
    httpApi?: string | HttpApiEvent;
    stream?: object;
    sqs?: object;
    eventBridge?: object;
    schedule?: object;
  }[];
}

const { functions } = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8')) as {
  functions: Record<string, FunctionDefinition>;
};

/** A function as serverless.yml binds it to its route; the tests go by the same file as the deployment. */
export interface HttpFunction {
  readonly name: string;
  readonly role: string;
  readonly method: string;
  readonly pathPattern: string;
  /** Who lets callers in before the function does: `aws_iam`, or nobody. */
  readonly authorizer?: string;
  /** The module of functions/ that holds it. */
  readonly module: string;
}

const moduleOf = (handler: string) => join(ROOT, `${handler.replace(/\.handler$/, '')}.ts`);

/** A function on the table's stream, on a queue or on the event bus, as serverless.yml has it. */
interface ConsumerFunction {
  readonly name: string;
  readonly role: string;
  /** The module of functions/ that holds it. */
  readonly module: string;
}

const consumersOf = (source: 'stream' | 'sqs' | 'eventBridge' | 'schedule'): readonly ConsumerFunction[] =>
  Object.entries(functions).flatMap(([name, { handler, role, events }]) =>
    events[0]?.[source] ? [{ name, role, module: moduleOf(handler) }] : [],
  );

export const STREAM_FUNCTIONS = consumersOf('stream');
export const QUEUE_FUNCTIONS = consumersOf('sqs');
/** A schedule's events come by the bus, too. */
export const BUS_FUNCTIONS = [...consumersOf('eventBridge'), ...consumersOf('schedule')];

/** What Lambda says of an invocation, as far as a function looks at it. */
export const lambdaContext = () => ({ awsRequestId: 'a-request', functionName: 'a-function' }) as Context;

type Run<Event, Result> = (event: Event) => Promise<Result>;
type Create<Event, Result> = (
  provided: () => Promise<unknown>,
) => (event: Event, context: Context) => Promise<Result>;

async function load<Event, Result>(module: string): Promise<(dependencies: unknown) => Run<Event, Result>> {
  const { create } = (await import(module)) as { create: Create<Event, Result> };
  return (dependencies) => {
    const handler = create(async () => dependencies);
    return (event) => handler(event, lambdaContext());
  };
}

/** The whole pipeline of a route's function, to be given a test's dependencies. */
export const loadRoute = ({ module }: HttpFunction) => load<APIGatewayProxyEventV2, HttpResult>(module);

function moduleAmong(consumers: readonly ConsumerFunction[], name: string): string {
  const found = consumers.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no function ${name} is there`);
  return found.module;
}

/** The whole pipeline of a function on the stream, to be given a test's dependencies. */
export const loadStreamFunction = (name: string) =>
  load<DynamoDBStreamEvent, DynamoDBBatchResponse>(moduleAmong(STREAM_FUNCTIONS, name));

/** The whole pipeline of a function on a queue, to be given a test's dependencies. */
export const loadQueueFunction = (name: string) =>
  load<SQSEvent, SQSBatchResponse>(moduleAmong(QUEUE_FUNCTIONS, name));

/** The whole pipeline of a function on the event bus, to be given a test's dependencies. */
export const loadBusFunction = (name: string) =>
  load<EventBridgeEvent<string, unknown>, void>(moduleAmong(BUS_FUNCTIONS, name));

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const HTTP_FUNCTIONS: readonly HttpFunction[] = Object.entries(functions).flatMap(
  ([name, { handler, role, events }]) => {
    const binding = events[0]?.httpApi;
    if (binding === undefined) return [];
    const module = moduleOf(handler);
    if (typeof binding === 'object') {
      const { method, path, authorizer } = binding;
      return [{ name, role, method, pathPattern: path, module, authorizer: authorizer.type }];
    }
    const [method = '', pathPattern = ''] = binding.split(' ');
    return [{ name, role, method, pathPattern, module }];
  },
);

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expression = pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${expression}$`).exec(path);
  return match ? { ...match.groups } : undefined;
}

/** Finds the function of a request as API Gateway does: a path without variables comes before one with. */
export function findFunction(method: string, path: string) {
  const sorted = HTTP_FUNCTIONS.toSorted(
    (left, right) => Number(left.pathPattern.includes('{')) - Number(right.pathPattern.includes('{')),
  );
  for (const found of sorted) {
    const pathParameters = found.method === method ? matchPath(found.pathPattern, path) : undefined;
    if (pathParameters) return { found, pathParameters };
  }
  throw new Error(`API Gateway has no route ${method} ${path}`);
}

export function readEvent(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'events', `${kebab(name)}.json`), 'utf8'));
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly cookies?: readonly string[];
  readonly query?: string;
  readonly sourceIp?: string;
  /** For what none of the others says. */
  readonly edit?: (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2;
}

/** An event as API Gateway makes it, from the one that events/ keeps of the function. */
export function makeEvent(method: string, path: string, options: RequestOptions = {}) {
  const { found, pathParameters } = findFunction(method, path);
  const { body: _sample, ...base } = readEvent(found.name) as APIGatewayProxyEventV2;
  const rawBody = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const { 'content-type': _type, ...headers } = base.headers;
  const given = {
    ...headers,
    ...(rawBody !== undefined && { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const event: APIGatewayProxyEventV2 = {
    ...base,
    rawPath: path,
    rawQueryString: options.query ?? '',
    cookies: [...(options.cookies ?? [])],
    headers: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    pathParameters,
    requestContext: {
      ...base.requestContext,
      http: { ...base.requestContext.http, path, ...(options.sourceIp && { sourceIp: options.sourceIp }) },
    },
    isBase64Encoded: options.isBase64Encoded ?? false,
    ...(rawBody !== undefined && { body: rawBody }),
  };
  return { found, event: options.edit?.(event) ?? event };
}
