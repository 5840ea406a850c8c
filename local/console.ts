import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { cacheControl, type PolicyOptions, pageHeaders } from '../console/headers.ts';
import { buildEnvironment } from '../console/page-settings.ts';
import { createApiDocs } from './api-docs.ts';
import { StartError } from './environment.ts';
import { type Child, startChild } from './processes.ts';
import { type RunningServer, serve } from './server.ts';

const PROJECT = join(import.meta.dirname, '..');
const CONSOLE = join(PROJECT, 'console');
const SAMPLE = join(CONSOLE, 'sample');

/** What is built: the page, and the custom element for other consoles, which the sample page has. */
const BUILDS = {
  page: { name: 'The build of the console', config: 'vite.config.ts' },
  element: { name: 'The build of the custom element', config: 'vite.element.config.ts' },
} as const;
type Built = keyof typeof BUILDS;

/** Where a world builds its console: apart from what is deployed, and from other worlds, whose API is elsewhere. */
export const consoleFolder = (port: number) => join(PROJECT, '.cache', `console-${port}`);

/**
 * Builds a part of the console, as a program of its own: several cores then share the work of starting.
 *
 * @param folder gets the part in a folder of its name
 * @param environment with the settings of the service that the console is for
 */
export function startConsoleBuild(
  what: Built,
  folder: string,
  environment: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Child {
  const { resolve } = createRequire(import.meta.url);
  const { name, config } = BUILDS[what];
  const output = ['--outDir', join(folder, what), '--emptyOutDir'];
  const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js');
  return startChild(name, process.execPath, [vite, 'build', '--config', join(CONSOLE, config), ...output], {
    cwd: PROJECT,
    env: { ...environment, NODE_ENV: 'production', ...buildEnvironment(environment) },
    onLine,
  });
}

/** Waits for the build. @throws StartError with its output where it failed */
export async function consoleBuilt(build: Child): Promise<void> {
  const how = await build.ended;
  if (how !== 'exit code 0') throw new StartError(`${build.name} failed (${how}).\n${build.tail()}`);
}

/** The sample page, with the origin of the API in the place that Vite would put it. */
async function samplePage(apiOrigin: string): Promise<string> {
  const page = await readFile(join(SAMPLE, 'index.html'), 'utf8');
  return page.replace('%VITE_API_ORIGIN%', apiOrigin);
}

/**
 * Serves what was built, with the headers of a deployed page. Every path that is no file is the page, which routes by itself;
 * `/sample/` is another console, which has the custom element and, if given, a backend; and `/api-docs/` the HTTP API to read and try.
 *
 * Vite's own preview server is not used: it ends the whole process by itself on SIGTERM.
 */
export async function serveConsole(
  port: number,
  folder: string,
  policy: PolicyOptions,
  sampleBackend?: Hono,
): Promise<RunningServer> {
  const headers = Object.entries(pageHeaders(policy));
  const sample = await samplePage(policy.apiOrigin);
  const app = new Hono();
  // Before the headers of the console's pages: it has its own.
  app.get('/api-docs', (context) => context.redirect('/api-docs/'));
  app.route('/api-docs/', await createApiDocs(policy.apiOrigin));
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of headers) context.header(name, value);
    context.header('cache-control', context.res.ok ? cacheControl(context.req.path) : 'no-store');
  });
  const below = (prefix: string, root: string) =>
    serveStatic({ root, rewriteRequestPath: (path) => path.slice(prefix.length) });
  app.get('/sample', (context) => context.redirect('/sample/'));
  app.get('/sample/', (context) => context.html(sample));
  if (sampleBackend) app.route('/sample', sampleBackend);
  app.use('/sample/*', below('/sample', SAMPLE));
  app.use('/element/*', below('/element', join(folder, 'element')));
  app.use(serveStatic({ root: join(folder, 'page') }));
  for (const files of ['/assets/*', '/element/*', '/sample/*'])
    app.get(files, (context) => context.notFound());
  app.get('*', serveStatic({ path: join(folder, 'page', 'index.html') }));
  return serve(app, port, 'machine');
}
