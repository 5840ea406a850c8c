/** Whom mail is from: a verified address, and what it is shown as. */
export interface Sender {
  /** '' where only the address is shown. */
  readonly name: string;
  readonly address: string;
}

const ADDRESS = /^[\w.+-]+@(?:[a-z\d-]+\.)+[a-z\d-]+$/;
const NAMED = /^([^<>]*)<([^<>]*)>$/;
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;
/** A name is read at a glance, and SES takes 320 characters for all of it, encoded. */
const NAME_MAX = 64;
/** Line breaks above all: what follows one would be a header of its own. */
const CONTROL = /\p{Cc}|\p{Zl}|\p{Zp}/u;

/**
 * An address, `Name <address>`, or `"Name, Inc." <address>`; the domain in lower case, as IAM compares it.
 *
 * @returns undefined if it is neither
 */
export function parseSender(text: string): Sender | undefined {
  const [, named = '', address = text] = NAMED.exec(text) ?? [];
  const typed = named.trim();
  const quoted = QUOTED.exec(typed)?.[1]?.replace(/\\(.)/g, '$1');
  const name = quoted ?? typed;
  const isName = name.length <= NAME_MAX && !CONTROL.test(text) && name.isWellFormed();
  return isName && ADDRESS.test(address) ? { name, address } : undefined;
}

/** The same of a setting that was checked. @throws TypeError if it was not */
export function readSender(text: string): Sender {
  const sender = parseSender(text);
  if (sender === undefined) throw new TypeError('no sender of mail');
  return sender;
}

const PREFIX = '=?UTF-8?B?';
const SUFFIX = '?=';
/** An encoded word has 75 characters at most: 45 bytes are 60 of base64. */
const WORD_BYTES = 45;

/** The text in parts of so many bytes at most, none of which ends within a character. */
function splitByBytes(text: string, most: number): string[] {
  const parts: string[] = [];
  for (const character of text) {
    const last = parts.at(-1);
    if (last !== undefined && Buffer.byteLength(last + character) <= most)
      parts[parts.length - 1] = last + character;
    else parts.push(character);
  }
  return parts;
}

/** Words of RFC 5322 that need no quotes; `=?` would begin an encoded word. */
const PLAIN = /^(?!.*=\?)[\w !#$%&'*+/=?^`{|}~-]+$/;
const ASCII = /^(?!.*=\?)[ -~]+$/;

/**
 * A sender as the header `From` has it: RFC 5322 quotes what has commas and the like, RFC 2047 encodes what is not ASCII, which SES does
 * not do by itself: https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html (`Source`)
 */
export function formatSender({ name, address }: Sender): string {
  if (name === '') return address;
  if (PLAIN.test(name)) return `${name} <${address}>`;
  if (ASCII.test(name)) return `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;
  const words = splitByBytes(name, WORD_BYTES).map(
    (part) => PREFIX + Buffer.from(part).toString('base64') + SUFFIX,
  );
  return `${words.join(' ')} <${address}>`;
}
