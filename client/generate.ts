import { openApiDocument } from '../lib/contract/openapi.ts';
import { PROBLEM_CODES } from '../lib/contract/problems.ts';

/**
 * The contract as plain TypeScript, made of its OpenAPI document: types that need nothing installed, and what each call asks for. `npm run
 * openapi` writes it as `src/contract.ts`; a test holds the two together.
 */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly {
    readonly name?: string;
    readonly in?: string;
    readonly schema?: Schema;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Words of tomorrow among these are read as they come; elsewhere what has one is left out. */
const OPEN_WORDS = ['Flow.result'];

const nameOf = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);
const quote = (value: unknown) =>
  typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : JSON.stringify(value);
const comment = (text: string | undefined, indent = '') =>
  text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;

function printObject({ properties = {}, required = [] }: Schema, indent: string, path: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([key, schema]) => {
    const isRequired = required.includes(key);
    const type = print(schema, inner, `${path}.${key}`);
    return `${comment(schema.description, inner)}${inner}readonly ${key}${isRequired ? '' : '?'}: ${type}${isRequired ? '' : ' | undefined'};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** A schema as a type. */
function print(schema: Schema, indent: string, path: string): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return quote(schema.const);
  if (schema.enum) {
    const words = schema.enum.map(quote);
    return [...words, ...(OPEN_WORDS.includes(path) ? ['(string & {})'] : [])].join(' | ');
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map((one) => print(one, indent, path)).join(' | ');
  if (Array.isArray(schema.type))
    return schema.type.map((type: string) => print({ ...schema, type }, indent, path)).join(' | ');
  switch (schema.type) {
    case 'object':
      return printObject(schema, indent, path);
    case 'array': {
      const item = print(schema.items ?? {}, indent, path);
      return item.includes('|') ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      throw new Error(`${path}: the client has no type for it`);
  }
}

function printNamed([name, schema]: [string, Schema]): string {
  const type = print(schema, '', name);
  const isInterface = schema.type === 'object';
  return `${comment(schema.description)}export ${isInterface ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
}

/** All that a call says: members of its path and query, and those of its body. */
function printForm({
  parameters,
  requestBody,
}: Operation): { type: string; isOptional: boolean } | undefined {
  const named = parameters.filter(({ name }) => name !== undefined);
  const properties = Object.fromEntries(named.map(({ name = '', schema = {} }) => [name, schema]));
  const required = named.flatMap(({ name = '', required: isRequired }) => (isRequired ? [name] : []));
  const body = requestBody?.content['application/json']?.schema;
  const parts = [
    ...(named.length > 0 ? [printObject({ properties, required }, '  ', '')] : []),
    ...(body ? [print(body, '  ', '')] : []),
  ];
  if (parts.length === 0) return undefined;
  return { type: parts.join(' & '), isOptional: required.length === 0 && !requestBody?.required };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** What a page can fetch: neither a redirect, which the browser itself has to follow, nor what is for operators alone. */
function findCalls({ paths }: Document): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses }]) => responses['302'] === undefined)
      .filter(() => !path.startsWith('/operator/'))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function printCall({ operation }: Call): string {
  const { operationId, summary, responses } = operation;
  const [done] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const schema = done?.[1].content?.['application/json']?.schema;
  const refusals = Object.entries(responses)
    .filter(([status]) => status >= '400')
    .map(([, { description }]) => description);
  const form = printForm(operation);
  const parameters = [
    ...(form ? [`form${form.isOptional ? '?' : ''}: ${form.type}`] : []),
    'options?: CallOptions',
  ];
  return [
    '  /**',
    `   * ${summary}.`,
    '   *',
    `   * Refusals: ${refusals.join(', ')}`,
    '   */',
    `  readonly ${operationId}: (${parameters.join(', ')}) => Promise<${schema ? print(schema, '  ', '') : 'void'}>;`,
  ].join('\n');
}

function printEndpoint({ method, path, operation }: Call): string {
  const hasForm = printForm(operation) !== undefined;
  return `  ${operation.operationId}: { method: '${method}', path: '${path}', hasForm: ${hasForm} },`;
}

/** The types that a call needs, and those that these need. */
function findNeeded(calls: readonly Call[], schemas: Document['components']['schemas']): Set<string> {
  const needed = new Set<string>();
  const visit = (value: unknown) => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (needed.has(name)) continue;
      needed.add(name);
      visit(schemas[name]);
    }
  };
  for (const { operation } of calls) {
    const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    visit([operation.requestBody ?? null, operation.parameters, successes]);
  }
  return needed;
}

export function contractSource(): string {
  const document = openApiDocument('https://api.example.com') as unknown as Document;
  const calls = findCalls(document);
  const { schemas } = document.components;
  const needed = findNeeded(calls, schemas);
  const named = Object.entries(schemas).filter(([name]) => needed.has(name));
  return [
    '/** Made of `lib/contract/` by `npm run openapi`. */',
    "import type { CallOptions } from './call.ts';\n",
    ...named.map(printNamed),
    '/** Why a call, or a flow, may be refused. */',
    `export type ProblemCode =\n  | ${PROBLEM_CODES.map(quote).join('\n  | ')};\n`,
    '/** The contract: one call a route. Each rejects with a `Failure`. */',
    `export interface Calls {\n${calls.map(printCall).join('\n\n')}\n}\n`,
    '/** What each call asks for. */',
    `export const ENDPOINTS = {\n${calls.map(printEndpoint).join('\n')}\n} as const satisfies Readonly<Record<keyof Calls, unknown>>;`,
    '',
  ].join('\n');
}
