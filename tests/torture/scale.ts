/** How much of a torture is run: a few rounds in `npm test`, all of it in `npm run torture`. */

/** Whether this is `npm run torture`, which runs every torture at the scale its figure is measured at. */
export const isFull = process.env['TORTURE'] === 'full';

/** Part of the full numbers that a trial asks for; 1 where nothing is said. */
const part = Number(process.env['TORTURE_SCALE'] ?? '1');

/**
 * The number of rounds, sequences or requests of a run.
 *
 * @param short In `npm test`, where a whole file should take less than 20 s.
 * @param full In `npm run torture`; `TORTURE_SCALE` takes that part of it, and at least 1.
 */
export function scaled({ short, full }: { readonly short: number; readonly full: number }): number {
  return isFull ? Math.max(1, Math.ceil(full * part)) : short;
}

/** How long a test may take, in milliseconds: the third argument of a torture's `test`. */
export const patience = isFull ? 6 * 60 * 60 * 1000 : 300_000;
