import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { pageHeaders } from '../console/headers.ts';
import { openApiDocument } from '../lib/contract/openapi.ts';

const PAGE = join(import.meta.dirname, 'api-docs');
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Swagger UI writes style attributes, and has its arrows as `data:` URLs. */
const policy = (apiOrigin: string) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ${apiOrigin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The HTTP API as a page to read, and to try requests on, by Swagger UI. It belongs below the console: the API lets requests in from
 * the console's origin only.
 */
export async function createApiDocs(apiOrigin: string): Promise<Hono> {
  const page = await readFile(join(PAGE, 'index.html'), 'utf8');
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(pageHeaders({ apiOrigin, humanCheck: 'off' })))
      context.header(name, value);
    context.header('content-security-policy', policy(apiOrigin));
    context.header('cache-control', 'no-cache');
  });
  app.get('/', (context) => context.html(page));
  app.get('/openapi.json', (context) => context.json(openApiDocument(apiOrigin)));
  for (const file of ['start.js', 'page.css']) app.get(`/${file}`, serveStatic({ path: join(PAGE, file) }));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js'])
    app.get(`/${file}`, serveStatic({ path: join(SWAGGER_UI, file) }));
  return app;
}
