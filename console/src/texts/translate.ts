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

/** Put values between the braces. A blank without a value stays visible, so that it is noticed. */
export function fillIn(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}

export function createTranslate(texts: Texts): Translate {
  return (key, ...fill) => fillIn(texts[key], fill[0] ?? {});
}
