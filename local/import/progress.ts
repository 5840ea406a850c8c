import { SingleBar } from 'cli-progress';

const number = new Intl.NumberFormat('en-US');

/** How far an import has come. */
export interface Step {
  /** Rows that are dealt with, of this run. */
  readonly rows: number;
  /** Of the file, from its start. */
  readonly bytes: number;
  /** How often the table has throttled. */
  readonly throttled: number;
}

/** The rate is that of the last seconds: what a table takes changes. */
const RATE_SECONDS = 15;

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Says in words how an import comes along. */
export class Pulse {
  readonly #size: number | undefined;
  readonly #steps: { readonly step: Step; readonly atSeconds: number }[] = [];

  /** @param size of the file in bytes; undefined where nobody knows */
  constructor(size: number | undefined) {
    this.#size = size;
  }

  /** @param atSeconds the time, by any clock that only goes on */
  words(step: Step, atSeconds: number): string {
    this.#steps.push({ step, atSeconds });
    while (this.#steps.length > 2 && atSeconds - (this.#steps[1]?.atSeconds ?? 0) > RATE_SECONDS)
      this.#steps.shift();
    const first = this.#steps[0] ?? { step, atSeconds };
    const seconds = atSeconds - first.atSeconds;
    const rate = (of: 'rows' | 'bytes') => (seconds > 0 ? (step[of] - first.step[of]) / seconds : 0);
    const left =
      this.#size === undefined || rate('bytes') === 0 ? undefined : (this.#size - step.bytes) / rate('bytes');
    return [
      `${number.format(step.rows)} accounts`,
      ...(seconds > 0 ? [`${number.format(Math.round(rate('rows')))} a second`] : []),
      ...(left === undefined ? [] : [`about ${duration(left)} left`]),
      ...(step.throttled > 0 ? [`throttled ${number.format(step.throttled)} times`] : []),
    ].join(', ');
  }
}

const BAR_EVERY_SECONDS = 0.2;
const LINE_EVERY_SECONDS = 10;

/** Shows how an import comes along: as a bar on a terminal, elsewhere as a line now and then. */
export class ProgressDisplay {
  readonly #pulse: Pulse;
  readonly #size: number;
  readonly #bar: SingleBar | undefined;
  readonly #now: () => number;
  #shownAtSeconds: number;

  constructor(size: number | undefined, now: () => number = () => performance.now() / 1000) {
    this.#pulse = new Pulse(size);
    this.#size = size ?? 0;
    this.#now = now;
    this.#shownAtSeconds = now();
    if (!process.stderr.isTTY) return;
    const format = size === undefined ? '{words}' : '[{bar}] {percentage}% {words}';
    this.#bar = new SingleBar({ format, clearOnComplete: true, barsize: 24, hideCursor: true });
    this.#bar.start(this.#size, 0, { words: '' });
  }

  update(step: Step): void {
    const now = this.#now();
    if (now - this.#shownAtSeconds < (this.#bar ? BAR_EVERY_SECONDS : LINE_EVERY_SECONDS)) return;
    this.#shownAtSeconds = now;
    const words = this.#pulse.words(step, now);
    if (this.#bar) this.#bar.update(Math.min(step.bytes, this.#size), { words });
    else console.error(this.#size > 0 ? `${Math.floor((step.bytes / this.#size) * 100)}%, ${words}` : words);
  }

  /** Writes a line of result, above the bar where there is one. */
  print(line: string): void {
    if (this.#bar) process.stderr.write('\r\x1b[K');
    console.log(line);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
