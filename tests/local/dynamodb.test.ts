import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { findEmulator, javaMajor, readFailure } from '../../local/dynamodb.ts';
import { StartError } from '../../local/environment.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['No Java runtime present, requesting install.', undefined],
])('%s is read as Java %s', (output, major) => {
  expect(javaMajor(output)).toBe(major);
});

describe('DYNAMODB_LOCAL_JAR', () => {
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-jar-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const jar = join(folder, 'Other.jar');

  test('is refused where there is no such file, or not what comes with it', () => {
    expect(() => findEmulator(jar)).toThrow(StartError);
    expect(() => findEmulator(jar)).toThrow(`there is no file ${jar}`);
    expect(() => findEmulator(folder)).toThrow(`there is no file ${folder}`);
    writeFileSync(jar, '');
    expect(() => findEmulator(jar)).toThrow(`${jar} needs the folder DynamoDBLocal_lib beside it`);
    mkdirSync(join(folder, 'DynamoDBLocal_lib'));
    expect(findEmulator(jar)).toEqual({ folder, jar: 'Other.jar' });
  });

  test('may be empty: then it is the one that comes by npm', () => {
    expect(findEmulator('')).toEqual({
      folder: expect.stringContaining('amplify-dynamodb-simulator'),
      jar: 'DynamoDBLocal.jar',
    });
  });

  test('that needs a newer Java says which; what else ends a start is shown as it is', () => {
    const tail =
      'java.lang.UnsupportedClassVersionError: com/x/Main has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 61.0';
    expect(readFailure('exit code 1', tail)).toMatch(/needs Java 21 or later\.$/);
    expect(readFailure('exit code 1', 'no more memory')).toBe(
      'DynamoDB Local did not start (exit code 1).\nno more memory',
    );
  });
});
