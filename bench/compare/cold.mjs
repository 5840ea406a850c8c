// Starts one bundle as Lambda does, in a process of its own: imports it, gives it one event, and says what it took as one line.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , bundle = '', eventFile = ''] = process.argv;
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const context = {
  awsRequestId: 'a-request',
  functionName: 'a-function',
  getRemainingTimeInMillis: () => 29_000,
};

const startedAt = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
const importedAt = performance.now();
const { statusCode, headers } = await handler(event, context);
const answeredAt = performance.now();
const { stdout } = process;
const { user, system } = process.cpuUsage();

const figures = {
  answer: { statusCode, headers },
  importMilliseconds: importedAt - startedAt,
  answerMilliseconds: answeredAt - importedAt,
  cpuMilliseconds: (user + system) / 1000,
  residentMebibytes: process.memoryUsage.rss() / 2 ** 20,
};
stdout.write(`FIRST-ANSWER ${JSON.stringify(figures)}\n`, () => process.exit());
