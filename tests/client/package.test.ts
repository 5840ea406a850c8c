import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildClient } from '../../client/build.ts';
import { newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

jest.setTimeout(120_000);

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const CONSUMER = join(import.meta.dirname, 'consumer.ts');
const world = await createWorld();

let folder: string;
/** A folder with a program in it, and with what the package unpacks to. */
let elsewhere: string;
let installed: string;

async function install(): Promise<void> {
  const source = join(folder, 'source');
  await mkdir(source);
  await buildClient(source);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: source });
  const [{ filename }] = JSON.parse(stdout);
  elsewhere = join(folder, 'elsewhere');
  installed = join(elsewhere, 'node_modules', 'account-linking-client');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
  await writeFile(join(elsewhere, 'package.json'), '{"type":"module"}');
  await writeFile(join(elsewhere, 'consumer.ts'), await readFile(CONSUMER, 'utf8'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'account-linking-package-'));
  await install();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The world's functions as an API that listens, and `/inbox` with the newest code. */
async function listen() {
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
    if (pathname === '/inbox') return response.end(world.outbox.sent[0]?.code);
    const rawBody = await bodyOf(request);
    const {
      statusCode,
      headers: answered,
      body,
    } = await world.request(method, pathname, {
      ...(rawBody !== '' && { rawBody }),
      query: searchParams.toString(),
      headers: { ...(headers as Record<string, string>), origin: undefined },
    });
    // As API Gateway says it, but by the world's clock.
    const date = new Date(world.nowSeconds * 1000).toUTCString();
    return response.writeHead(statusCode ?? 500, { ...(answered as Record<string, string>), date }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

describe('the package', () => {
  test('is one script with its types and licences, and needs nothing else', async () => {
    const { dependencies, peerDependencies, scripts } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    );
    expect({ dependencies, peerDependencies, scripts }).toEqual({});
    const names = (await readdir(join(installed, 'dist'))).filter((name) => !name.endsWith('.d.ts'));
    expect(names.toSorted()).toEqual(['LICENSE', 'THIRD-PARTY.txt', 'index.js']);
    expect(await readFile(join(installed, 'dist', 'index.js'), 'utf8')).not.toMatch(
      /^\s*(import|export) .*from|\bimport\(|\brequire\(|\bprocess\b/m,
    );
    for (const name of await readdir(join(installed, 'dist')))
      if (name.endsWith('.d.ts'))
        expect(await readFile(join(installed, 'dist', name), 'utf8')).not.toMatch(/zod|\.\.\//);
  });

  test.each([
    ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom']],
    ['Node', ['--module', 'nodenext', '--moduleResolution', 'nodenext', '--lib', 'es2022,dom']],
  ])('has types that %s reads strictly, with no other type around', async (_what, options) => {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--types', ''];
    const command = ['--noEmit', '--target', 'es2022', ...options, ...strict, 'consumer.ts'];
    const tsc = run(join(ROOT, 'node_modules', '.bin', 'tsc'), command, { cwd: elsewhere });
    await expect(tsc.catch(({ stdout }) => ({ stdout }))).resolves.toMatchObject({ stdout: '' });
  });

  test('runs in Node against the service', async () => {
    const { browser, address } = await newMember(world);
    world.pass({ seconds: 1 });
    const api = await listen();
    try {
      const { stdout } = await run(process.execPath, ['consumer.ts'], {
        cwd: elsewhere,
        env: { API_ORIGIN: api.origin, TOKEN: browser.cookies.get('__Host-session'), ADDRESS: address },
      });
      expect(JSON.parse(stdout)).toEqual({
        before: 'none',
        tooEarly: 'identity_check_required',
        secondsLeft: true,
        wrong: { code: 'code_wrong', attemptsLeft: 4, status: 422, detail: 'string' },
        linked: 'linked',
        newest: 'linked',
        sessions: 1,
        over: 'not_signed_in',
      });
    } finally {
      api.stop();
    }
  });
});
