const REVOKE_MILLIS = 60_000;

/** Hands a file to the browser, which keeps it where it keeps downloads. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers read it only after a while.
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MILLIS);
}
