import * as z from 'zod/mini';

/** The environment that settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const text = z.string().check(z.minLength(1));

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value && /^https?:/.test(value);
}

export const origin = z
  .string()
  .check(z.refine(isOrigin, 'must be an origin such as https://console.example.com'));
export const originOrEmpty = z
  .string()
  .check(z.refine((value) => value === '' || isOrigin(value), 'must be an origin, or empty'));

/** A list in one variable, comma-separated; spaces around its members do not count. */
export function list<T>(member: z.ZodMiniType<T>, min = 1) {
  const members = z.array(member).check(z.minLength(min, 'must not be empty'));
  const split = z.transform((value: string) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  return z.pipe(z.pipe(z.string(), split), members as unknown as z.ZodMiniType<T[], string[]>);
}

/** A whole number in decimal digits, within bounds that keep the rules meaningful. */
export function whole(min: number, max: number) {
  const isWithin = (digits: string) =>
    /^\d{1,9}$/.test(digits) && Number(digits) >= min && Number(digits) <= max;
  return z.pipe(
    z.string().check(z.refine(isWithin, `must be a whole number from ${min} to ${max}`)),
    z.transform(Number),
  );
}
