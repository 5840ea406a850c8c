import { expect, test } from '@jest/globals';
import { freePort, isFree } from '../../local/ports.ts';
import { type Child, startChild } from '../../local/processes.ts';

const options = { cwd: import.meta.dirname, env: process.env };

test('stopping a program ends what it started, too', async () => {
  const port = await freePort();
  const grandchild = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`;
  const program = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`;
  let child: Child | undefined;
  await new Promise<void>((resolve) => {
    const onLine = (line: string) => line === 'up' && resolve();
    child = startChild('parent', process.execPath, ['-e', program], { ...options, onLine });
  });
  expect(await isFree(port)).toBe(false);
  await child?.stop();
  let isGone = false;
  for (let tries = 0; !isGone && tries < 100; tries += 1) isGone = await isFree(port);
  expect(isGone).toBe(true);
});

test('a program that ends by itself says how, and what it wrote last', async () => {
  const child = startChild(
    'program',
    process.execPath,
    ['-e', 'console.log("why"); process.exitCode = 3'],
    options,
  );
  expect(await child.ended).toBe('exit code 3');
  expect(child.tail()).toBe('why');
  await expect(child.stop()).resolves.toBeUndefined();
});

test('a program that is not there is an end like another', async () => {
  const child = startChild('program', 'no-such-program', [], options);
  expect(await child.ended).toMatch('ENOENT');
  await expect(child.stop()).resolves.toBeUndefined();
});
