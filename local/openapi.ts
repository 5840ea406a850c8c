import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiDocument } from '../lib/contract/openapi.ts';

/** `npm run openapi`: writes the contract as docs/openapi.json. */

/** Of a deployment: the default of serverless.yml. */
const API_ORIGIN = 'https://api.example.com';

const file = join(import.meta.dirname, '..', 'docs', 'openapi.json');
await writeFile(file, `${JSON.stringify(openApiDocument(API_ORIGIN), null, 2)}\n`);
