import { Problem } from '../linking/problem.ts';
import { RETURN_TO_MAX } from '../linking/return-to.ts';

/** What browsers take for a slash or leave out, and other readers of URLs don't. */
const AMBIGUOUS = /[\\\s\p{Cc}]/u;

/** What a flow that has ended tells the page it ends at. */
const TOLD = ['provider', 'intent', 'flow', 'result'] as const;
type Told = Readonly<Partial<Record<(typeof TOLD)[number], string>>>;

/**
 * A page of a configured console, for a flow to end at.
 *
 * @param path the member or parameter that it came as
 * @returns it in the one form that browsers make of it
 * @throws Problem `invalid_request`
 */
export function parseReturnTo(text: string, path: string, consoleOrigins: readonly string[]): string {
  const message = 'must be a URL of a page of the console';
  const invalid = new Problem('invalid_request', { errors: [{ path, message }] });
  if (text.length > RETURN_TO_MAX || AMBIGUOUS.test(text) || !URL.canParse(text)) throw invalid;
  const { href } = new URL(text);
  // By its beginning, as the browser reads it: neither a name and password, a port, nor `blob:` can stand there.
  const isOurs = consoleOrigins.some((origin) => href.startsWith(`${origin}/`));
  if (!isOurs || href.length > RETURN_TO_MAX) throw invalid;
  return href;
}

/**
 * The page that the query of a sign-in names.
 *
 * @returns undefined if it names none
 * @throws Problem `invalid_request`, also if it names more than one
 */
export function readReturnTo(query: string, consoleOrigins: readonly string[]): string | undefined {
  const [first, ...more] = new URLSearchParams(query).getAll('return_to');
  if (first === undefined) return undefined;
  // Two of them are no URL, whichever comes first.
  return parseReturnTo([first, ...more].join(' '), 'return_to', consoleOrigins);
}

/** A page with what a flow came to. Its own query stays as it is, but for what is called the same. */
export function tellPage(page: string, told: Told): string {
  const url = new URL(page);
  const isTold = (part: string) => TOLD.some((name) => new URLSearchParams(part).has(name));
  const own = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !isTold(part));
  url.search = [...own, new URLSearchParams(told)].join('&');
  return url.href;
}
