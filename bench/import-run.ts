import { Readable } from 'node:stream';
import type { AwsClientSettings } from '../lib/aws/client.ts';
import { connectTable, type Table } from '../lib/table/client.ts';
import { connectionOf, localClient } from '../local/dynamodb.ts';
import { importFile } from '../local/import/import-file.ts';
import { openSource } from '../local/import/source.ts';
import { tableImporter } from '../local/import/table-importer.ts';
import { readPhoneKeys } from '../local/phone-keys.ts';

/** Imports one file in a process of its own, so that its memory is the import's alone, and writes what that took as one line. */

const MARKS = 10;

/** How it is with the import after so many accounts. */
export interface Mark {
  readonly accounts: number;
  readonly seconds: number;
  /** What is left once the garbage is collected. */
  readonly heapMebibytes: number;
  readonly residentMebibytes: number;
}

export interface RunFigures {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly seconds: number;
  /** By the processor's clock: what else the machine does changes it least. */
  readonly processorSeconds: number;
  readonly peakMebibytes: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly throttled: number;
  readonly marks: readonly Mark[];
}

interface Reply {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

/** Answers every request that nothing is there, or that it is written: what an import takes by itself. */
function answering(): Partial<AwsClientSettings> {
  const answer = Buffer.from('{"Responses":{},"UnprocessedKeys":{}}');
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const handle = async (): Promise<{ response: Reply }> => {
    await new Promise(setImmediate);
    return { response: { statusCode: 200, headers, body: Readable.from([answer]) } };
  };
  const requestHandler = { handle, destroy: () => undefined };
  return {
    region: 'local',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    requestHandler: requestHandler as never,
  };
}

type Sent =
  | { readonly TransactItems: readonly { readonly Put?: { readonly Item: object } }[] }
  | { readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly object[] }>> };

const UNIT_BYTES = 1024;

/**
 * Adds up what DynamoDB charges, by its own rules: a transaction takes two write units for each KiB of each item, a condition that is only checked
 * included, and a consistent read takes one unit for each item of up to 4 KiB, whether it is there or not. DynamoDB Local counts otherwise.
 * Items are measured as JSON, which is longer than they are stored.
 */
function countUnits({ documents }: Table): { write: number; read: number } {
  const units = { write: 0, read: 0 };
  const send = documents.send.bind(documents);
  documents.send = (operation, input, options) => {
    const sent = input as unknown as Sent;
    if ('TransactItems' in sent)
      for (const { Put } of sent.TransactItems)
        units.write += 2 * Math.ceil(Buffer.byteLength(JSON.stringify(Put?.Item ?? '')) / UNIT_BYTES);
    else for (const { Keys } of Object.values(sent.RequestItems)) units.read += Keys.length;
    return send(operation, input, options);
  };
  return units;
}

const mebibytes = (bytes: number) => bytes / 1024 / 1024;

async function main([path = '', lines = '', endpoint]: readonly string[]): Promise<RunFigures> {
  const connection = endpoint ? connectionOf(localClient(endpoint), endpoint) : answering();
  const table = connectTable({ tableName: 'account-linking-bench', connection });
  const units = countUnits(table);
  const marks: Mark[] = [];
  let throttled = 0;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const update = (step: { rows: number; throttled: number }) => {
    throttled = step.throttled;
    if (step.rows < ((marks.length + 1) * Number(lines)) / MARKS) return;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const [heapMebibytes, residentMebibytes] = [mebibytes(heapUsed), mebibytes(rss)];
    marks.push({ accounts: step.rows, seconds: seconds(), heapMebibytes, residentMebibytes });
    console.error(
      `${step.rows} accounts after ${seconds().toFixed(0)} s, heap ${heapMebibytes.toFixed(1)} MiB, resident ${residentMebibytes.toFixed(0)} MiB`,
    );
  };
  const signal = new AbortController().signal;
  const { added, updated, unchanged, rejected, ...ending } = await importFile({
    source: await openSource(path, signal),
    format: 'ndjson',
    importer: tableImporter(table, await readPhoneKeys({})),
    table: 'bench',
    rejects: undefined,
    display: { update, print: (line) => console.error(line), stop: () => undefined },
    signal,
    note: (text) => console.error(text),
  });
  if ('failure' in ending) throw ending.failure;
  const peakMebibytes = process.resourceUsage().maxRSS / 1024;
  const counts = { added, updated, unchanged, rejected };
  const consumed = { writeUnits: units.write, readUnits: units.read };
  const { user, system } = process.cpuUsage();
  const processorSeconds = (user + system) / 1_000_000;
  return { ...counts, ...consumed, seconds: seconds(), processorSeconds, peakMebibytes, throttled, marks };
}

process.stdout.write(`FIGURES ${JSON.stringify(await main(process.argv.slice(2)))}\n`);
