import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

/** A file of a room, and a line in it that the lint rules have a wall against. */
const WALLED: readonly (readonly [path: string, line: string])[] = [
  ['functions/otp/x.ts', "import { handler } from './send.ts';"],
  ['functions/otp/x.ts', "import { handler } from '../session/end.ts';"],
  ['functions/otp/x.ts', "import { readItems } from '../../lib/table/client.ts';"],
  ['functions/otp/x.ts', "import { keys } from '../../lib/table/keys.ts';"],
  ['functions/otp/x.ts', "import { GetCommand } from '@aws-sdk/lib-dynamodb';"],
  ['functions/otp/x.ts', "import { World } from '../../local/world.ts';"],
  ['lib/flows/x.ts', "import { readItems } from '../table/client.ts';"],
  ['lib/flows/x.ts', "import * as client from '../table/client.ts';"],
  ['lib/flows/x.ts', "import { keys } from '../table/keys.ts';"],
  ['lib/flows/x.ts', "import { QueryCommand } from '@aws-sdk/lib-dynamodb';"],
  ['lib/flows/x.ts', "import { http } from '../middleware/http.ts';"],
  ['lib/middleware/x.ts', "import { readItems } from '../table/client.ts';"],
  ['lib/middleware/x.ts', "import { openSession } from '../flows/open-session.ts';"],
  ['lib/middleware/x.ts', "import { GetCommand } from '@aws-sdk/lib-dynamodb';"],
  ['lib/http/x.ts', "import type { Table } from '../table/client.ts';"],
  ['lib/http/x.ts', "import { http } from '../middleware/http.ts';"],
  ['lib/contract/x.ts', "import { json } from '../http/answer.ts';"],
  ['lib/contract/x.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
  ['lib/contract/x.ts', "import { provide } from '../dependencies.ts';"],
  ['lib/linking/x.ts', "import { openSession } from '../flows/open-session.ts';"],
  ['lib/linking/x.ts', "import { ROUTES } from '../contract/routes.ts';"],
  ['lib/table/x.ts', "import { openSession } from '../flows/open-session.ts';"],
  ['lib/table/x.ts', "import { readCaller } from '../http/caller.ts';"],
  ['lib/providers/x.ts', "import { commit } from '../table/client.ts';"],
  ['lib/messages/x.ts', "import { http } from '../middleware/http.ts';"],
  ['lib/events/x.ts', "import { readItems } from '../table/client.ts';"],
  ['lib/human-check/x.ts', "import { keys } from '../table/keys.ts';"],
  ['lib/tencent/x.ts', "import { keys } from '../table/keys.ts';"],
  ['lib/aws/x.ts', "import { keys } from '../table/keys.ts';"],
  ['lib/aws/x.ts', "import { readSettings } from '../config.ts';"],
  ['lib/aws/x.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
  ['lib/flows/x.ts', "import { AwsClient } from '../aws/client.ts';"],
  ['lib/providers/x.ts', "import { AwsClient } from '../aws/client.ts';"],
  ['lib/human-check/x.ts', "import { AwsClient } from '../aws/client.ts';"],
  ['lib/linking/x.ts', "import { AwsClient } from '../aws/client.ts';"],
  ['functions/otp/x.ts', "import { AwsClient } from '../../lib/aws/client.ts';"],
  ['lib/table/x.ts', "import { SignatureV4 } from '@smithy/signature-v4';"],
  ['lib/x.ts', "import { NodeHttpHandler } from '@smithy/node-http-handler';"],
  ['console/src/state/x.ts', "import { keys } from '../../../lib/table/keys.ts';"],
  ['console/src/state/x.ts', "import { handler } from '../../../functions/otp/send.ts';"],
  ['client/src/x.ts', "import { keys } from '../../lib/table/keys.ts';"],
  ['client/src/x.ts', "import { useState } from 'react';"],
  ['client/src/x.ts', "import { randomBytes } from 'node:crypto';"],
  ['client/src/x.ts', "import { announce } from '../../console/src/state/memory.ts';"],
  ['lib/flows/x.ts', "import { Failure } from '../../client/src/failure.ts';"],
];

const ALLOWED: typeof WALLED = [
  ['functions/otp/x.ts', "import { endSession } from '../../lib/table/sessions.ts';"],
  ['lib/flows/x.ts', "import { commit, type Fragment } from '../table/client.ts';"],
  ['lib/middleware/x.ts', "import { readAccountView } from '../table/views.ts';"],
  ['lib/table/x.ts', "import { AwsClient } from '../aws/client.ts';"],
  ['lib/messages/x.ts', "import { SQS } from '../aws/services.ts';"],
  ['lib/events/x.ts', "import { EVENTBRIDGE } from '../aws/services.ts';"],
  ['lib/canary/x.ts', "import { SQS } from '../aws/services.ts';"],
  ['lib/aws/x.ts', "import { NodeHttpHandler } from '@smithy/node-http-handler';"],
  ['lib/aws/x.ts', "import type { Environment } from '../setting-types.ts';"],
  ['lib/contract/x.ts', "import { HUMAN_CHECK_KINDS } from '../linking/human-check.ts';"],
  ['console/src/state/x.ts', "import { answers } from '../../../lib/contract/answers.ts';"],
  ['console/src/state/x.ts', "import { PURPOSES } from '../../../lib/linking/identity.ts';"],
  ['console/src/state/x.ts', "import { createClient } from '../../../client/src/client.ts';"],
  ['client/src/x.ts', "import { answers } from '../../lib/contract/answers.ts';"],
];

const folder = mkdtempSync(join(tmpdir(), 'account-linking-walls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each line in a file of its own in its room, under the project's own rules, and what lint says of it. */
const planted = [...WALLED, ...ALLOWED].map(([path, line], index) => {
  const file = join(dirname(path), `planted-${index}.ts`);
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, file), `${line}\n`);
  return [path, line, file] as const;
});
const rules = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as object;
writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
const biome = join(ROOT, 'node_modules', '.bin', 'biome');
const { stdout, stderr } = spawnSync(
  biome,
  ['lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--colors=off', '.'],
  { cwd: folder, encoding: 'utf8' },
);
const complaints = (stdout + stderr).split('\n');
const isRefused = (file: string) => complaints.some((line) => line.includes(`${file}:`));

test.each(planted.slice(0, WALLED.length))('%s is walled against %s', (_path, _line, file) => {
  expect(isRefused(file)).toBe(true);
});

test.each(planted.slice(WALLED.length))('%s may have %s', (_path, _line, file) => {
  expect(isRefused(file)).toBe(false);
});
