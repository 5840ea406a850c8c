import { cleanText } from '../linking/text.ts';
import { type OAuthIdentity, ProviderError } from './provider.ts';

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

/** How a person is called: by the nickname of their profile or, where it could not be read, by a word for anybody. */
export function named(
  profile: { readonly nickname: string } | ProviderError,
  fallback: string,
): Pick<OAuthIdentity, 'nickname' | 'profileFailure'> {
  return profile instanceof ProviderError
    ? { nickname: fallback, profileFailure: profile }
    : { nickname: cleanNickname(profile.nickname, fallback) };
}
