import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: object;
  readonly concurrency: object;
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Record<string, string>[] }>
  >;
}

const workflow: Workflow = parse(
  readFileSync(join(import.meta.dirname, '..', '..', '.github', 'workflows', 'ci.yml'), 'utf8'),
);

test('the workflow runs .ci/run, with no right but to read, and ends in the end', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  for (const { 'timeout-minutes': minutes, steps } of Object.values(workflow.jobs)) {
    expect(minutes).toBeLessThanOrEqual(60);
    expect(steps.flatMap(({ run = [] }) => run)).toEqual(['.ci/run']);
  }
});

test('every action of the workflow is pinned to a commit, which nobody can move', () => {
  const actions = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses = [] }) => uses));
  expect(actions).toHaveLength(3);
  for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
});
