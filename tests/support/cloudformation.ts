import { CelEngine, type Engine } from '@aws/cloudformation-validate';

/**
 * AWS's own validator of CloudFormation templates, with the schemas of all resource types and cfn-lint's rules inside: unknown types and
 * properties, what is missing, of the wrong kind, or none of the values there are, references into nothing.
 */

const RULES_NOT_OURS = [
  // The framework writes a `DependsOn` where a reference says as much.
  'W3005',
  // Logs are deleted with their functions.
  'W3011',
  // A condition has its setting written out by the time it is packaged: it always comes to the same.
  'W8003',
  // The framework's permission for EventBridge has the rule's ARN spelt out.
  'W9002',
];

let engine: Engine | undefined;

/** What is wrong with a template in a region; what could be nicer is not said. */
export function templateFaults(template: object, region = 'ap-southeast-1'): string[] {
  // It takes a second to make.
  engine ??= new CelEngine();
  const file = { path: 'template.json', readBytes: () => Buffer.from(JSON.stringify(template)) };
  const { diagnostics } = engine.validateStandard(file, {
    severityLevel: 'WARN',
    exclude: { ids: RULES_NOT_OURS },
    pseudoParameterOverrides: { region },
  });
  return diagnostics.map(
    ({ ruleId, entity, propertyPath, message }) =>
      `${ruleId} ${entity?.logicalId ?? ''} ${propertyPath ?? ''}: ${message}`,
  );
}
