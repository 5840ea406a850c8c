import { randomBytes } from 'node:crypto';

/** What the page's poll is told, in WeChat's numbers. */
export const SCAN_STATUS = {
  waiting: 408,
  scanned: 404,
  cancelled: 403,
  confirmed: 405,
  expired: 402,
} as const;
type ScanState = keyof typeof SCAN_STATUS;

const QR_LIFETIME_SECONDS = 300;
const POLL_MILLISECONDS = 25_000;

/** One QR code on one page, and what has become of it. */
export interface Scan {
  readonly uuid: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly expiresAt: number;
  status: ScanState;
  /** What the confirmation gave; '' before. */
  code: string;
}

/** The QR codes that wait for a phone. Times are milliseconds since the epoch. */
export class Scans {
  readonly #scans = new Map<string, Scan>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(request: Pick<Scan, 'redirectUri' | 'state'>): Scan {
    const uuid = randomBytes(12).toString('base64url');
    const expiresAt = this.#now() + QR_LIFETIME_SECONDS * 1000;
    const scan: Scan = { ...request, uuid, expiresAt, status: 'waiting', code: '' };
    this.#scans.set(uuid, scan);
    return scan;
  }

  /** A scan that can still go on; undefined where it is unknown, over or too old. */
  find(uuid: string | undefined): Scan | undefined {
    const scan = this.#scans.get(uuid ?? '');
    return scan && this.#statusOf(scan) !== 'expired' && scan.status !== 'confirmed' ? scan : undefined;
  }

  move(scan: Scan, status: ScanState, code = ''): void {
    scan.status = status;
    scan.code = code;
    for (const wake of this.#waiting.get(scan.uuid) ?? []) wake();
  }

  /** Waits until there is news, or for as long as WeChat holds such a call. @param last the number the page knows */
  async poll(uuid: string, last: number | undefined): Promise<{ status: number; code: string }> {
    const scan = this.#scans.get(uuid);
    if (!scan) return { status: SCAN_STATUS.expired, code: '' };
    const known = last ?? SCAN_STATUS.waiting;
    if (SCAN_STATUS[this.#statusOf(scan)] === known) await this.#news(uuid);
    return { status: SCAN_STATUS[this.#statusOf(scan)], code: scan.code };
  }

  #statusOf(scan: Scan): ScanState {
    return scan.status !== 'confirmed' && scan.expiresAt <= this.#now() ? 'expired' : scan.status;
  }

  async #news(uuid: string): Promise<void> {
    const waiting = this.#waiting.get(uuid) ?? new Set();
    this.#waiting.set(uuid, waiting);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MILLISECONDS).unref();
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
    });
  }
}
