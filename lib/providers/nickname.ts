const MAX_CODE_POINTS = 64;

/** Controls that are no white space, lone surrogates, and what would reorder the text around the name (UAX #9). */
const UNSHOWABLE = /(?!\s)\p{Cc}|[\p{Cs}\p{Bidi_Control}]/gu;
const BLANK = /[\s\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A nickname fit to be shown inside our own sentences: white space folded to single spaces and trimmed, control
 * characters, bidirectional controls and lone surrogates removed, NFC, at most 64 code points. Joiners stay, because
 * emoji and some scripts need them; a name of nothing visible counts as empty.
 *
 * @param fallback the name of somebody who has none, as '微信用户'
 */
export function cleanNickname(raw: string, fallback: string): string {
  const name = raw.replace(UNSHOWABLE, '').replace(/\s+/gu, ' ').normalize('NFC').trim();
  if (name.replace(BLANK, '') === '') return fallback;
  const shortened = [...name].slice(0, MAX_CODE_POINTS).join('').trim();
  return shortened.replace(BLANK, '') === '' ? fallback : shortened;
}
