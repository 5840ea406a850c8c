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

/** Which of the secrets a text holds. A code is six digits of their own, not a part of a longer number. */
export function leaksIn(text: string, secrets: ReadonlyMap<string, string>): string[] {
  // JSON writes some characters otherwise, and a URL is encoded once more where it is part of another.
  const variants = (secret: string) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
  ];
  const holds = (secret: string) =>
    /^\d{6}$/.test(secret)
      ? new RegExp(`(?<![0-9A-Za-z])${secret}(?![0-9A-Za-z])`).test(text)
      : variants(secret).some((variant) => text.includes(variant));
  return [...secrets].filter(([secret]) => holds(secret)).map(([, kind]) => kind);
}
