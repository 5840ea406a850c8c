import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { StartError } from './environment.ts';
import { type Child, startChild } from './processes.ts';
import { type RunningServer, serve } from './server.ts';

const PROJECT = join(import.meta.dirname, '..');
const CONFIG_FILE = join(PROJECT, 'console', 'vite.config.ts');

/** Where a world has its page: apart from what is deployed, and from other worlds, whose API is elsewhere. */
const builtAt = (port: number) => join(PROJECT, '.cache', `console-${port}`);

/** Builds the page for the API at an origin, as a program of its own: several cores then share the work of starting. */
export function startConsoleBuild(
  port: number,
  apiOrigin: string,
  environment: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Child {
  const { resolve } = createRequire(import.meta.url);
  const output = ['--outDir', builtAt(port), '--emptyOutDir'];
  const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js');
  return startChild(
    'The build of the console',
    process.execPath,
    [vite, 'build', '--config', CONFIG_FILE, ...output],
    {
      cwd: PROJECT,
      env: { ...environment, NODE_ENV: 'production', VITE_API_ORIGIN: apiOrigin },
      onLine,
    },
  );
}

/** Waits for the build. @throws StartError with its output where it failed */
export async function consoleBuilt(build: Child): Promise<void> {
  const how = await build.ended;
  if (how !== 'exit code 0') throw new StartError(`${build.name} failed (${how}).\n${build.tail()}`);
}

/**
 * Serves what was built. Every path that is no file is the page, which routes by itself.
 *
 * Vite's own preview server is not used: it ends the whole process by itself on SIGTERM.
 */
export function serveConsole(port: number): Promise<RunningServer> {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.use(serveStatic({ root: builtAt(port) }));
  app.get('/assets/*', (context) => context.notFound());
  app.get('*', serveStatic({ path: join(builtAt(port), 'index.html') }));
  return serve(app, port, 'machine');
}
