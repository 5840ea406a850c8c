import fc from 'fast-check';
import * as z from 'zod/mini';
import { anyCharacter } from './arbitrary-text.ts';

/** Values that are good, or were, by the name of the member they belong in. */
export type LiveValues = Readonly<Record<string, readonly string[]>>;

/** So much of JSON Schema as zod writes for a form: what a caller has to send. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxLength?: number;
}

export const absurd = fc.string({ unit: anyCharacter, maxLength: 80 });
export const odd = fc.constantFrom(
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ud800',
  'ﷺ'.repeat(40),
  '١٢٣٤٥٦',
  '-1',
  '1e5000',
  '%00',
  '../..',
  '{"$gt":""}',
  '#',
  'ACCOUNT#100000001',
  '😀@😀.😀',
  'a@xn--a.com',
  '\u202emoc.elpmaxe@a',
  'a@exam\u00adple.com',
  'x'.repeat(512),
  'x'.repeat(513),
);
const plausible = fc.constantFrom(
  '000000',
  '12345',
  '１２３ ４５６',
  'a@example.com',
  'A@EXAMPLE.COM',
  'a@例子。中国',
  'a@',
  'link_email',
  'replace_wechat',
  'unlink_qq',
  'A'.repeat(22),
  'A'.repeat(43),
  'A'.repeat(44),
);

/** One character more, less, or another. */
const nearly = (values: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...values), fc.nat(), fc.constantFrom('', 'x', 'A', '.', '中'))
    .map(([value, at, by]) => {
      const index = at % (value.length + 1);
      return value.slice(0, index) + by + value.slice(index + 1);
    });

/** Mostly one of the live ones, where there are any. */
export function anyText(live: readonly string[] = []): fc.Arbitrary<string> {
  const made = [
    { weight: 2, arbitrary: plausible },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: absurd },
  ];
  if (live.length === 0) return fc.oneof(...made);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...live) },
    { weight: 2, arbitrary: nearly(live) },
    ...made,
  );
}

const scalar = fc.oneof(absurd, odd, plausible, fc.double(), fc.boolean(), fc.constant(null));
export const anything = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.jsonValue());

/** Mostly what the schema has in this place, and now and then anything. */
function member(schema: Schema, name: string, live: LiveValues): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: ofSchema(schema, name, live) },
    { weight: 1, arbitrary: anything },
  );
}

function ofSchema(schema: Schema, name: string, live: LiveValues): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum, ...(live[name] ?? []));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => ofSchema(option, name, live)));
  switch (schema.type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {});
      const arbitraries = Object.fromEntries(members.map(([key, value]) => [key, member(value, key, live)]));
      return fc.record(arbitraries, { requiredKeys: [...(schema.required ?? [])] });
    }
    case 'array':
      return fc.array(schema.items ? member(schema.items, name, live) : anything, { maxLength: 3 });
    case 'string':
      return anyText(live[name]);
    case 'number':
    case 'integer':
      return fc.oneof(fc.integer(), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return anything;
  }
}

/** A body of that form, or one that is so in everything but a member too many, too few, or around it. */
export function bodyOf(form: z.ZodMiniType, live: LiveValues): fc.Arbitrary<unknown> {
  const schema = z.toJSONSchema(form, { io: 'input' }) as Schema;
  const names = Object.keys(schema.properties ?? {});
  const right = ofSchema(schema, '', live);
  return fc.oneof(
    { weight: 8, arbitrary: right },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, odd, anything)
        .map(([body, key, value]) => ({ ...(body as object), [key]: value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, fc.constantFrom(...names, ''))
        .map(([body, name]) => ({ ...(body as object), [name]: undefined })),
    },
    {
      weight: 1,
      arbitrary: fc.oneof(
        right.map((body) => [body]),
        right.map((body) => ({ body })),
        anything,
      ),
    },
  );
}

/** How a body gets onto the wire: as it should, and in every way it should not. */
export function onTheWire(
  body: fc.Arbitrary<unknown>,
): fc.Arbitrary<{ rawBody?: string; isBase64Encoded?: boolean }> {
  const text = body.map((value) => JSON.stringify(value) ?? '');
  const base64 = (bytes: Uint8Array | string) => ({
    rawBody: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  });
  const spoiled = fc.oneof(
    fc.tuple(text, fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1))),
    fc.tuple(text, text).map((both) => both.join('')),
    text.map((json) => `\ufeff${json}`),
    text.map((json) => json.replace('{', '{"code":"000000",')),
    text.map((json) => json.padEnd(17_000, ' ')),
    text.map((json) => `${'{"a":'.repeat(2_000)}${json}${'}'.repeat(2_000)}`),
    absurd,
  );
  return fc.oneof(
    { weight: 10, arbitrary: text.map((rawBody) => ({ rawBody })) },
    { weight: 2, arbitrary: text.map(base64) },
    { weight: 1, arbitrary: spoiled.map((rawBody) => ({ rawBody })) },
    {
      weight: 1,
      arbitrary: fc.tuple(text, fc.nat(), fc.nat({ max: 255 })).map(([json, at, by]) => {
        const bytes = Buffer.from(json);
        if (bytes.length > 0) bytes[at % bytes.length] = by;
        return base64(bytes);
      }),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(base64) },
    { weight: 1, arbitrary: absurd.map((rawBody) => ({ rawBody, isBase64Encoded: true })) },
    { weight: 1, arbitrary: fc.constant({}) },
  );
}
