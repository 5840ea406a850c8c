/** Controls that are no white space, lone surrogates, and what would reorder the text around (UAX #9). */
const UNSHOWABLE = /(?!\s)\p{Cc}|[\p{Cs}\p{Bidi_Control}]/gu;
const INVISIBLE = /[\s\p{Default_Ignorable_Code_Point}]/gu;

/**
 * What others call something, fit to be kept and shown inside our own sentences: white space folded to single spaces and trimmed,
 * control characters, bidirectional controls and lone surrogates removed, NFC. Joiners stay, because emoji and some scripts need them.
 *
 * @returns empty if nothing of it can be seen
 */
export function cleanText(raw: string): string {
  const text = raw.replace(UNSHOWABLE, '').replace(/\s+/gu, ' ').normalize('NFC').trim();
  return text.replace(INVISIBLE, '') === '' ? '' : text;
}
