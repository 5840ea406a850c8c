/** The variable that says where keeper.ts listens. */
export const KEEPER_URL = 'TEST_KEEPER_URL';

/** What a run has once, or once for all that ask for it alike. */
export interface Kept {
  /** A DynamoDB Local with a database for each access key. */
  readonly store: { readonly endpoint: string };
  /** The service as it is deployed with the settings of PACKAGED_WITH. */
  readonly package: { readonly folder: string };
  /** Page and element, built with the variables that it is asked for with. */
  readonly console: { readonly folder: string };
  /** Chromium, unpacked: who starts it while another still unpacks it finds the file busy. */
  readonly chromium: { readonly executablePath: string };
}
export type KeptName = keyof Kept;

/** Gets what the run shares; whoever is the first to ask waits until it is made. */
export async function kept<Name extends KeptName>(
  name: Name,
  about: Readonly<Record<string, string>> = {},
): Promise<Kept[Name]> {
  const reply = await fetch(`${process.env[KEEPER_URL]}/${name}?${new URLSearchParams(about)}`);
  const body: unknown = await reply.json();
  if (!reply.ok) throw new Error(`The run could not make what its tests share (${name}): ${body}`);
  return body as Kept[Name];
}
