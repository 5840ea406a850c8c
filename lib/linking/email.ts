import { domainToASCII, domainToUnicode } from 'node:url';
import { readAddress } from './typed.ts';

/** An address in its one form: stored, compared, mailed to and shown. */
export type EmailAddress = string & { readonly __email: unique symbol };

/** RFC 5321, 4.5.3.1: octets of a local part, and of a whole path less its angle brackets. */
const LOCAL_PART_MAX = 64;
const ADDRESS_MAX = 254;

/** RFC 5322 `dot-atom-text`, lower case. Quoted local parts are legal, unused, and a way to smuggle. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** A host name of letters, digits and hyphens with at least two labels and no numeric last label (that would be an IPv4 address). */
const DOMAIN =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What `domainToASCII` would take for the syntax of a URL, not for part of a name. */
const URL_SYNTAX = /[%/\\?#:@[\]\s]/;

/** `domainToASCII` lets through labels that are no encoding of anything; those can't be decoded. */
function isIdna(domain: string): boolean {
  return domainToUnicode(domain)
    .split('.')
    .every((label) => !label.startsWith('xn--'));
}

/**
 * The one form of what somebody typed: without what came along with it, the local part ASCII in lower case, the domain in lower case as
 * IDNA ASCII (UTS 46, as Node's URL does it). No dots or tags are folded: only the mail's host knows what they mean.
 *
 * @returns undefined if it is no address of that form
 */
export function parseEmail(typed: string): EmailAddress | undefined {
  const address = readAddress(typed);
  const at = address.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = address.slice(0, at).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const typedDomain = address.slice(at + 1);
  if (typedDomain.length > ADDRESS_MAX || URL_SYNTAX.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain);
  const form = `${local}@${domain}`;
  const wellFormed =
    local.length <= LOCAL_PART_MAX &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(domain) &&
    isIdna(domain) &&
    form.length <= ADDRESS_MAX;
  return wellFormed ? (form as EmailAddress) : undefined;
}

/** First character, last of the local part where it has three or more, and the domain: `a***e@example.com`. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  return `${local.charAt(0)}***${local.length >= 3 ? local.charAt(local.length - 1) : ''}${address.slice(at)}`;
}
