import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** This console as the login knows it. */
export interface Registration {
  /** The issuer of the login. */
  readonly login: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** What a visit to the login is bound to: kept in the browser's session until it comes back. */
export interface Visit {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const random = () => randomBytes(32).toString('base64url');

/** Begins a visit to the login: OpenID Connect's code flow, with PKCE. */
export function beginVisit(
  { login, clientId, redirectUri }: Registration,
  hint: string | undefined,
): { readonly visit: Visit; readonly url: string } {
  const visit = { state: random(), nonce: random(), verifier: random() };
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: visit.state,
    nonce: visit.nonce,
    code_challenge: createHash('sha256').update(visit.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(hint !== undefined && { login_hint: hint }),
  });
  return { visit, url: `${login}/auth?${query}` };
}

/** Who came back from the login. @returns undefined if nobody did, or not from this visit */
export async function endVisit(
  { login, clientId, clientSecret, redirectUri }: Registration,
  { state, nonce, verifier }: Visit,
  query: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { code } = query;
  if (code === undefined || query['state'] !== state) return undefined;
  const reply = await fetch(`${login}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  if (!reply.ok) return undefined;
  const { id_token: token } = (await reply.json()) as { id_token: string };
  const keys = createRemoteJWKSet(new URL(`${login}/jwks`));
  const { payload } = await jwtVerify(token, keys, { issuer: login, audience: clientId });
  return payload['nonce'] === nonce ? payload.sub : undefined;
}
