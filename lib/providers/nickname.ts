import { cleanText } from '../linking/text.ts';

const MAX_CODE_POINTS = 64;

/**
 * A nickname fit to be shown, of at most 64 code points.
 *
 * @param fallback the name of somebody who has none that can be seen, as '微信用户'
 */
export function cleanNickname(raw: string, fallback: string): string {
  const shortened = [...cleanText(raw)].slice(0, MAX_CODE_POINTS).join('');
  // What was cut off may be all that could be seen.
  return cleanText(shortened) || fallback;
}
