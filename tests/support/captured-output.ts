type Write = typeof process.stdout.write;

const CONSOLE_METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** Everything that is written while `action` runs: to stdout, to stderr and to the console. */
export async function captureOutput(action: () => Promise<unknown>): Promise<string> {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const methods = CONSOLE_METHODS.map((name) => console[name]);
  for (const stream of streams)
    stream.write = ((chunk: string | Uint8Array) => {
      chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    }) as Write;
  for (const name of CONSOLE_METHODS)
    console[name] = (...values: unknown[]) => {
      chunks.push(
        values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '),
        '\n',
      );
    };
  try {
    await action();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] as Write;
    for (const [index, name] of CONSOLE_METHODS.entries())
      console[name] = methods[index] as typeof console.log;
  }
  return chunks.join('');
}

/** Secrets are looked for by what they begin with, so that many are found in one pass over much text. */
const PREFIX = 8;

// JSON writes some characters otherwise, and a URL is encoded once more where it is part of another.
const variantsOf = (secret: string) => [
  ...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]),
];

/** Which of the secrets a text holds: their kinds. A code is six digits of their own, not a part of a longer number. */
export function leaksIn(text: string, secrets: ReadonlyMap<string, string>): string[] {
  const [byPrefix, found] = [new Map<string, Set<string>>(), new Map<string, string>()];
  const sixDigits = new Set(text.match(/(?<![0-9A-Za-z])\d{6}(?![0-9A-Za-z])/g));
  const secretOf = new Map<string, string>();
  for (const [secret, kind] of secrets) {
    if (/^\d{6}$/.test(secret)) {
      if (sixDigits.has(secret)) found.set(secret, kind);
      continue;
    }
    for (const variant of variantsOf(secret)) {
      if (variant.length < PREFIX && text.includes(variant)) found.set(secret, kind);
      if (variant.length < PREFIX) continue;
      const prefix = variant.slice(0, PREFIX);
      byPrefix.set(prefix, (byPrefix.get(prefix) ?? new Set()).add(variant));
      secretOf.set(variant, secret);
    }
  }
  for (let at = 0; at + PREFIX <= text.length; at += 1)
    for (const variant of byPrefix.get(text.slice(at, at + PREFIX)) ?? []) {
      const secret = secretOf.get(variant);
      if (secret !== undefined && text.startsWith(variant, at)) found.set(secret, secrets.get(secret) ?? '');
    }
  return [...found.values()];
}
