/** Where the middle half of some figures lies. */
export interface Spread {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** The value below which a share of the others lies, between two of them in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** More digits than the machine knows would only make each run another file. */
const rounded = (value: number) => Number(value.toPrecision(4));

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) => rounded(quantile(sorted, share));
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

/**
 * Of figures that were measured in the same rounds: each by the other one of its round, so that what else the machine did then is in both.
 *
 * @throws Error where they are not as many
 */
export function ratios(values: readonly number[], others: readonly number[]): Spread {
  if (values.length !== others.length) throw new Error('figures of different rounds');
  return spread(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** In every round another order, so that nobody is first or last more often than another. */
export function turn<T>(contestants: readonly T[], round: number): T[] {
  const start = round % Math.max(1, contestants.length);
  const turned = [...contestants.slice(start), ...contestants.slice(0, start)];
  return Math.floor(round / Math.max(1, contestants.length)) % 2 === 0 ? turned : turned.toReversed();
}
