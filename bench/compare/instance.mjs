// A warm instance: keeps the handlers it was started with, and runs events one after the other as Lambda does, measuring its own process.
import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';

const bundles = JSON.parse(process.argv[2] ?? '{}');
const handlers = new Map();

async function load(name) {
  if (!handlers.has(name)) handlers.set(name, (await import(pathToFileURL(bundles[name]).href)).handler);
  return handlers.get(name);
}

const context = () => ({
  awsRequestId: crypto.randomUUID(),
  functionName: 'a-function',
  getRemainingTimeInMillis: () => 29_000,
});

async function profiled(run) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profile;
}

async function runAll(handler, events) {
  const answers = [];
  const milliseconds = [];
  const cpuBefore = process.cpuUsage();
  for (const event of events) {
    const startedAt = performance.now();
    answers.push(await handler(event, context()));
    milliseconds.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return { answers, milliseconds, cpuMilliseconds: (user + system) / 1000 };
}

process.on('message', async ({ id, name, events, isProfiled }) => {
  try {
    const handler = await load(name);
    let ran;
    const run = async () => {
      ran = await runAll(handler, events);
    };
    const profile = isProfiled ? await profiled(run) : await run();
    process.send({ id, ran: { ...ran, residentMebibytes: process.memoryUsage.rss() / 2 ** 20 }, profile });
  } catch (error) {
    process.send({ id, failure: error?.stack ?? String(error) });
  }
});
process.once('disconnect', () => process.exit());
