import type { zh } from './zh.ts';

export type TextKey = keyof typeof zh;
export type Texts = Readonly<Record<TextKey, string>>;

/** The names between braces in a text. */
type Blanks<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Blanks<Rest> : never;
type Fill<Key extends TextKey> = [Blanks<(typeof zh)[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<Blanks<(typeof zh)[Key]>, string | number>>];

/** A text by its key; the blanks each text has are checked by the compiler. */
export type Translate = <Key extends TextKey>(key: Key, ...fill: Fill<Key>) => string;

const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z0-9]/;
const isMixed = (left: string, right: string) =>
  (HAN.test(left) && LATIN.test(right)) || (LATIN.test(left) && HAN.test(right));

/**
 * Put values between the braces, with the space that Chinese typography wants between Han characters and Latin letters or digits: `QQ 登录`,
 * `微信登录`. A blank without a value stays visible, so that it is noticed.
 */
export function fillIn(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (blank, name: string, at: number) => {
    const value = String(values[name] ?? blank);
    const before = isMixed(text.charAt(at - 1), value.charAt(0)) ? ' ' : '';
    const after = isMixed(value.slice(-1), text.charAt(at + blank.length)) ? ' ' : '';
    return `${before}${value}${after}`;
  });
}

export function createTranslate(texts: Texts): Translate {
  return (key, ...fill) => fillIn(texts[key], fill[0] ?? {});
}
