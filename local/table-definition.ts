import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { parseDocument } from 'yaml';

const SERVERLESS_FILE = join(import.meta.dirname, '..', 'serverless.state.yml');

interface TableProperties
  extends Pick<
    CreateTableCommandInput,
    'AttributeDefinitions' | 'KeySchema' | 'BillingMode' | 'GlobalSecondaryIndexes'
  > {
  StreamSpecification?: { StreamViewType: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'OLD_IMAGE' | 'KEYS_ONLY' };
  TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
}

interface Template {
  Resources?: Record<string, { Type?: string; Properties?: TableProperties }>;
}

/** How the deployed table is made, in the words of DynamoDB's own API. */
export interface TableDefinition {
  readonly create: Omit<CreateTableCommandInput, 'TableName'>;
  readonly timeToLiveAttribute: string | undefined;
}

/** Reads YAML with CloudFormation's short tags (`!Ref`, `!GetAtt`) as plain values. */
const readYaml = (text: string): unknown => parseDocument(text, { logLevel: 'silent' }).toJS();

/**
 * Finds the one AWS::DynamoDB::Table of some templates.
 *
 * @throws Error where there is none, or more than one
 */
export function tableDefinition(templates: readonly Template[]): TableDefinition {
  const resources = templates.flatMap((template) => Object.values(template.Resources ?? {}));
  const [table, ...others] = resources.filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  const properties = table?.Properties;
  if (properties === undefined || others.length > 0)
    throw new Error('serverless.state.yml must have exactly one AWS::DynamoDB::Table among its resources.');
  const { StreamSpecification: stream, TimeToLiveSpecification: timeToLive } = properties;
  return {
    create: {
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      BillingMode: properties.BillingMode,
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
      // CloudFormation leaves out what the API wants said.
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
    },
    timeToLiveAttribute: timeToLive?.Enabled ? timeToLive.AttributeName : undefined,
  };
}

/**
 * The table of a serverless.state.yml, whose `resources` are a template, or a list of templates and of `${file(…)}` that hold
 * one. Files that are programs are passed over: they make roles, never the table.
 */
export async function readTableDefinition(file = SERVERLESS_FILE): Promise<TableDefinition> {
  const { resources } = readYaml(await readFile(file, 'utf8')) as {
    resources?: Template | (Template | string)[];
  };
  const templates = await Promise.all(
    [resources ?? []].flat().map(async (entry) => {
      if (typeof entry !== 'string') return entry;
      const path = /^\$\{file\(([^()]+\.ya?ml)\)\}$/.exec(entry)?.[1];
      return path === undefined
        ? {}
        : (readYaml(await readFile(join(dirname(file), path), 'utf8')) as Template);
    }),
  );
  return tableDefinition(templates);
}
