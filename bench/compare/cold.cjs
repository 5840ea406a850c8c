// Starts one bundle as Lambda does, in a process of its own: loads it, gives it one event, and says what it took as one line.
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

const [, , bundle = '', eventFile = ''] = process.argv;
const context = {
  awsRequestId: 'a-request',
  functionName: 'a-function',
  getRemainingTimeInMillis: () => 29_000,
};

async function start() {
  const event = JSON.parse(readFileSync(eventFile, 'utf8'));
  const startedAt = performance.now();
  const { handler } = bundle.endsWith('.cjs') ? require(bundle) : await import(pathToFileURL(bundle).href);
  const loadedAt = performance.now();
  const { statusCode, headers } = await handler(event, context);
  const answeredAt = performance.now();
  const { stdout } = process;
  const { user, system } = process.cpuUsage();
  const figures = {
    answer: { statusCode, headers },
    importMilliseconds: loadedAt - startedAt,
    answerMilliseconds: answeredAt - loadedAt,
    cpuMilliseconds: (user + system) / 1000,
    residentMebibytes: process.memoryUsage.rss() / 2 ** 20,
  };
  stdout.write(`FIRST-ANSWER ${JSON.stringify(figures)}\n`, () => process.exit());
}

start();
