import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '..', '..');

/** All that a deployment is made of. */
const DEPLOYED = ['functions', 'lib', 'infrastructure', 'package.json', 'tsconfig.json', 'serverless.yml'];

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, never> & Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

export interface Packaged {
  readonly template: { readonly Resources: Record<string, Resource> };
  readonly text: string;
  /** Where each function's zip is. */
  readonly folder: string;
  readonly remove: () => void;
}

/**
 * Runs `serverless package` as a deployment does, without credentials. In a copy of what is deployed: serverless-esbuild works in
 * a folder `.esbuild` of the service's, that a packaging by hand uses as well.
 */
export async function packageService(settings: Readonly<Record<string, string>> = {}): Promise<Packaged> {
  const service = mkdtempSync(join(tmpdir(), 'account-linking-package-'));
  for (const name of DEPLOYED) cpSync(join(ROOT, name), join(service, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(service, 'node_modules'), 'dir');
  const folder = join(service, 'packaged');
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
  const environment = Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const serverless = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  await promisify(execFile)(process.execPath, [serverless, 'package', '--package', folder], {
    cwd: service,
    env: { ...environment, ...settings },
  });
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return {
    template: JSON.parse(text),
    text,
    folder,
    remove: () => rmSync(service, { recursive: true, force: true }),
  };
}
