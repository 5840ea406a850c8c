import type { Language } from '../../../lib/linking/language.ts';

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;

function withUnit(count: number, unit: 'second' | 'minute' | 'hour', language: Language): string {
  const text = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  // Intl writes `5分钟`; on a page a space sets the number off.
  return text.replace(/(\d)(?=\p{Script=Han})/u, '$1 ');
}

/** How long to wait, in words, rounded up to the unit a person would use: `45 秒钟`, `10 minutes`, `23 hours`. */
export function formatWait(seconds: number, language: Language): string {
  const wait = Math.max(1, Math.ceil(seconds));
  if (wait <= 90) return withUnit(wait, 'second', language);
  if (wait <= 90 * SECONDS_PER_MINUTE)
    return withUnit(Math.ceil(wait / SECONDS_PER_MINUTE), 'minute', language);
  return withUnit(Math.ceil(wait / SECONDS_PER_HOUR), 'hour', language);
}

/** A countdown as a clock shows it: `4:05`, or `1:02:05` from an hour on. */
export function formatClock(seconds: number): string {
  const hours = Math.floor(seconds / SECONDS_PER_HOUR);
  const minutes = Math.floor((seconds % SECONDS_PER_HOUR) / SECONDS_PER_MINUTE);
  const rest = String(seconds % SECONDS_PER_MINUTE).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A moment in the reader's own time zone. */
export function formatTime(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** A moment to the second, with the weekday and the reader's time zone. */
export function formatFullTime(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' }).format(new Date(iso));
}
