import { expect, jest, test } from '@jest/globals';
import { type Capability, provide } from '../../lib/dependencies.ts';

/** A secret store that does not answer the first few times. */
function failing(times: number): Capability<object> & { create: jest.Mock<() => object> } {
  const create = jest.fn(() => {
    if (create.mock.calls.length <= times) throw new Error('no answer');
    return {};
  });
  return { create };
}

test.each([0, 1, 2, 5])(
  'a function whose dependencies could not be made %i times asks for them again with each invocation, until it has them',
  async (times) => {
    const capability = failing(times);
    const dependencies = provide(capability);
    const invoke = () =>
      dependencies().then(
        () => 'ready',
        () => 'failed',
      );
    // The first is made while the function starts, before anything is asked of it.
    await new Promise(setImmediate);
    const outcomes: string[] = [];
    for (let count = 0; count < times + 2; count += 1) outcomes.push(await invoke());
    const failedInvocations = Math.max(0, times - 1);
    expect(outcomes).toEqual([
      ...Array(failedInvocations).fill('failed'),
      ...Array(outcomes.length - failedInvocations).fill('ready'),
    ]);
    expect(capability.create).toHaveBeenCalledTimes(times + 1);
  },
);
