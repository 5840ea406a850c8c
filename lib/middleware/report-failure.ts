import type { SQSBatchItemFailure } from 'aws-lambda';
import type { Core } from '../dependencies.ts';
import { describeError } from '../observe.ts';

/**
 * Consumes one of a batch. What fails is reported by itself, so that it is delivered again without holding up or repeating the rest.
 *
 * @param itemIdentifier what Lambda knows it by
 */
export async function reportFailure(
  { observer }: Core,
  itemIdentifier: string,
  consumed: () => Promise<void>,
): Promise<SQSBatchItemFailure[]> {
  try {
    await consumed();
    return [];
  } catch (error) {
    observer.count('Fault');
    observer.error('a record failed', describeError(error));
    return [{ itemIdentifier }];
  }
}
