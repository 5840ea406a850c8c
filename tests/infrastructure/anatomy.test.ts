import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  BUS_FUNCTIONS,
  CONDITIONAL_FUNCTIONS,
  HTTP_FUNCTIONS,
  QUEUE_FUNCTIONS,
  STREAM_FUNCTIONS,
} from '../support/functions.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HANDLER_LINES = 15;
const MIDDLEWARE_LINES = 40;

/** The lines of each function declared at the top of a file, by its name. */
function declared(source: string): Map<string, number> {
  const found = source.matchAll(/^(?:export )?(?:async )?function (\w+)[\s\S]*?\n}\n/gm);
  return new Map([...found].map(([text, name = '']) => [name, text.trim().split('\n').length]));
}

/** How a pipeline begins and ends, by what calls the function. */
const HTTP = [
  /endpoint\(\)\s*(?:\.use\(browser\(\)\)\s*)?\.use\(http\(provided/,
  /\.handler\(retryWhenStale\(\w+\)\)$/,
] as const;
const STREAM = [
  /consumer<DynamoDBStreamEvent>\(\)\.use\(batch\(provided\)\)/,
  /\.handler\(eachRecord\(\w+\)\)$/,
] as const;
const QUEUE = [
  /consumer<SQSEvent>\(\)\.use\(batch\(provided\)\)/,
  /\.handler\(eachMessage\(\w+\)\)$/,
] as const;

const BUS = [
  /listener<EventBridgeEvent<[^>]*>>\(\)\s*\.use\(busEvent\(provided\)\)/,
  /\.handler\(onEvent\(\w+\)\)$/,
] as const;

const FUNCTIONS = [
  ...HTTP_FUNCTIONS.map((one) => ({ ...one, form: HTTP })),
  ...STREAM_FUNCTIONS.map((one) => ({ ...one, form: STREAM })),
  ...QUEUE_FUNCTIONS.map((one) => ({ ...one, form: QUEUE })),
  ...[...BUS_FUNCTIONS, ...CONDITIONAL_FUNCTIONS].map((one) => ({ ...one, form: BUS })),
];

describe.each(FUNCTIONS)('$name', ({ module, form }) => {
  const source = readFileSync(module, 'utf8');

  test('ends with its pipeline, made of what it is provided with', () => {
    const [, pipeline = '', needs] =
      /\nexport const create = \(provided: Provide(?:<.*>)?\) =>\n([\s\S]*?);\nexport const handler = create\(provide\((.*)\)\);\n$/.exec(
        source,
      ) ?? [];
    expect(needs).toBeDefined();
    for (const part of form) expect(pipeline).toMatch(part);
  });

  test('has a handler of a few lines: what it does is a flow', () => {
    for (const [handler, lines] of declared(source))
      expect([handler, lines <= HANDLER_LINES]).toEqual([handler, true]);
  });
});

/** Lines of code: imports, comments and what is empty are none. */
function codeLines(source: string): number {
  const code = source.replace(/^import[\s\S]*?;\n/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  return code.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

test('a middleware is a file of a few lines', () => {
  const folder = join(ROOT, 'lib', 'middleware');
  // The types that all of them share are no middleware.
  for (const file of readdirSync(folder).filter((name) => name !== 'request.ts')) {
    const lines = codeLines(readFileSync(join(folder, file), 'utf8'));
    expect([file, lines <= MIDDLEWARE_LINES || lines]).toEqual([file, true]);
  }
});
