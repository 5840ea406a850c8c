import fc from 'fast-check';
import { FAULTS } from '../fault-kit.ts';
import { PASSING } from '../network.ts';
import type { Sent } from './sequence.ts';

/** A fault at the call number `at` of a request, counted from 0: it fails for good, or one try of it does. */
export interface Strike {
  readonly at: number;
  readonly what: string;
}

export const strike: fc.Arbitrary<Strike> = fc.record({
  at: fc.nat(5),
  what: fc.constantFrom(...Object.keys(FAULTS), ...Object.keys(PASSING)),
});

/** @param more stands around each try besides */
export function struck({ at, what }: Strike): Omit<Sent, 'command'> {
  let [calls, tries, faults] = [0, 0, 0];
  const fault = FAULTS[what];
  const passing = PASSING[what];
  return {
    faults: () => faults,
    surroundings: {
      aroundCall: (proceed) => {
        const isIt = fault !== undefined && calls === at;
        calls += 1;
        if (!isIt) return proceed();
        faults += 1;
        return fault(proceed);
      },
      onTheWire: (call, proceed) => {
        const isIt = passing !== undefined && tries === at;
        tries += 1;
        return isIt ? passing(call, proceed) : proceed();
      },
    },
  };
}
