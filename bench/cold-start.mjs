// Starts one bundle as Lambda does, in a process of its own: imports it, then gives it one event. Writes what that took as one line.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , bundle = '', eventFile = ''] = process.argv;
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const context = {
  awsRequestId: 'a-request',
  functionName: 'a-function',
  getRemainingTimeInMillis: () => 29_000,
};

const processorBefore = process.cpuUsage();
const startedAt = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
const importedAt = performance.now();
const { statusCode } = await handler(event, context);
const answeredAt = performance.now();
const { user, system } = process.cpuUsage(processorBefore);

const figures = {
  statusCode,
  importMilliseconds: importedAt - startedAt,
  milliseconds: answeredAt - startedAt,
  processorMilliseconds: (user + system) / 1000,
};
process.stdout.write(`COLD-START ${JSON.stringify(figures)}\n`, () => process.exit());
