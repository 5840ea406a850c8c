const maxCodePoints = 64;

/** Marks, embeddings, overrides and isolates: they would reorder the text around the name (UAX #9). */
const bidiControls = /\p{Bidi_Control}/gu;
const blank = /[\s\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A nickname fit to be shown inside our own sentences: white space folded to single spaces and trimmed, control
 * characters, bidirectional controls and lone surrogates removed, NFC, at most 64 code points. Joiners stay, because
 * emoji and some scripts need them; a name of nothing visible counts as empty.
 *
 * @param fallback the name of somebody who has none, as '微信用户'
 */
export function cleanNickname(raw: string, fallback: string): string {
  const name = raw
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .replace(bidiControls, '')
    .normalize('NFC')
    .trim();
  if (name.replace(blank, '') === '') return fallback;
  const shortened = [...name].slice(0, maxCodePoints).join('').trim();
  return shortened.replace(blank, '') === '' ? fallback : shortened;
}
