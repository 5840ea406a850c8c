import { appendFile } from 'node:fs/promises';
import { expect } from '@jest/globals';

/** One row of the table that `npm run torture` prints. */
export interface Figure {
  /** What was measured. */
  readonly row: string;
  readonly mustBe: string;
  /** What came out, as it should stand in the table. */
  readonly value: string | number;
}

/** A figure and the file that measured it: the row is met if all tests of that passed. */
export interface ReportedFigure extends Figure {
  readonly file: string;
}

/**
 * Reports a figure to the run that asked for it; does nothing in `npm test`. To be called before the expectations
 * about the figure, so that a figure that is not as it must be stands in the table too.
 */
export async function figure({ row, mustBe, value }: Figure): Promise<void> {
  const reportFile = process.env['TORTURE_REPORT'];
  if (!reportFile) {
    return;
  }
  const { testPath = '' } = expect.getState();
  const reported: ReportedFigure = { row, mustBe, value, file: testPath };
  await appendFile(reportFile, `${JSON.stringify(reported)}\n`);
}
