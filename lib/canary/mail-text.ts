/** The headers of a mail or a part of one, by their names in lower case, and what is below them. */
function divide(entity: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const [, head = '', body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(entity) ?? [];
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body };
}

/** By its Content-Transfer-Encoding (RFC 2045, section 6); the text itself is UTF-8, as we send it. */
function decode(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString();
    case 'quoted-printable': {
      const bytes = body
        .replace(/=\r?\n/g, '')
        .replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return Buffer.from(bytes, 'latin1').toString();
    }
    default:
      return Buffer.from(body, 'latin1').toString();
  }
}

/**
 * The first plain text of a mail as it came over the wire (RFC 5322, RFC 2046).
 *
 * @param entity one character a byte
 * @returns undefined if it has none
 */
export function readMailText(entity: string): string | undefined {
  const { headers, body } = divide(entity);
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined)
    return /^text\/plain\b/i.test(type)
      ? decode(body, headers.get('content-transfer-encoding') ?? '')
      : undefined;
  // What stands before the first boundary and after the last is for nobody.
  const parts = `\r\n${body}`.split(`\n--${boundary}`).slice(1, -1);
  for (const part of parts) {
    const text = readMailText(part.replace(/^[^\n]*\n/, ''));
    if (text !== undefined) return text;
  }
  return undefined;
}
