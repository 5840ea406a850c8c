import { undoCodeSlot, undoSlot } from './memory.ts';

/** `accountId.noticeId.channel and seal`, with nothing of a word before or after it. Safari before 16.4 knows no lookbehind. */
const TOKEN = /(?:^|[^\w-])([\w-]{1,64}\.[\w-]{22}\.[pm][\w-]{26})(?![\w-])/;
/** Breaks that a mail program puts into a long line, and characters that nobody sees. */
const BREAKS = /[\s\u200b-\u200d\u2060\ufeff]/g;
/** A gateway that rewrites links escapes what others have escaped already. */
const ESCAPED_AT_MOST = 3;

/** Without percent-encoding. What is not ASCII comes out as anything but letters, which is enough to find a token between it. */
function unescaped(text: string): string {
  let plain = text;
  for (let round = 0; round < ESCAPED_AT_MOST; round += 1)
    plain = plain.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return plain;
}

/**
 * The token in a link of a notice, as the page was opened with it or as somebody pasted it, whatever mail and messengers made of the
 * link: `#` escaped once or twice, parameters or a full stop after it, brackets and white space around it.
 */
export function findUndoToken(text: string): string | null {
  const plain = unescaped(text);
  return TOKEN.exec(plain)?.[1] ?? TOKEN.exec(plain.replace(BREAKS, ''))?.[1] ?? null;
}

/** Keeps a token for this tab, so that a reload goes on. */
export function keepUndoToken(token: string): void {
  if (token !== undoSlot.get()) undoCodeSlot.set(null);
  undoSlot.set(token);
}

/** The page, with nothing of a link; the skip link leads to a part of it. */
const OWN_ADDRESSES: readonly string[] = ['/not-me', '/not-me#main'];

/**
 * The token this tab was opened with. It is taken out of the address at once, so that it is neither copied with it nor
 * left in the browser's history; and so is what a link has left of one.
 */
export function takeUndoToken(): string | null {
  const { hash, pathname, search } = window.location;
  const address = pathname + search + hash;
  if (!OWN_ADDRESSES.includes(address)) window.history.replaceState(window.history.state, '', '/not-me');
  const token = findUndoToken(address);
  if (token === null) return undoSlot.get();
  keepUndoToken(token);
  return token;
}

/** Leaving the page means being done with the link. */
export function forgetUndoToken(): void {
  undoSlot.set(null);
  undoCodeSlot.set(null);
}
