import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contractSource } from '../client/generate.ts';
import { openApiDocument } from '../lib/contract/openapi.ts';

/** `npm run openapi`: writes the contract as docs/openapi.json, and as the types of the client. */

/** Of a deployment: the default of serverless.yml. */
const API_ORIGIN = 'https://api.example.com';

const ROOT = join(import.meta.dirname, '..');
await writeFile(
  join(ROOT, 'docs', 'openapi.json'),
  `${JSON.stringify(openApiDocument(API_ORIGIN), null, 2)}\n`,
);
await writeFile(join(ROOT, 'client', 'src', 'contract.ts'), contractSource());
