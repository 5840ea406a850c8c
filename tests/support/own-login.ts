import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { createOwnLogin } from '../../lib/own-login/own-login.ts';
import type { Reply } from './browser.ts';
import type { Person } from './people.ts';
import { createWorld, type World } from './world.ts';

const ISSUER = 'https://login.example.com';
const KEYS_URL = 'https://login.example.com/jwks.json';

type Algorithm = 'ES256' | 'RS256' | 'EdDSA';
interface Signing {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly key: CryptoKey;
}

/** How the company's key server answers: with its keys, or as it is told. */
type KeysAnswer = () => Response | Promise<Response>;

/** Stands for a company with a login of its own: it makes assertions, and publishes the keys they are signed with. */
export class Company {
  /** The public keys that it publishes now. */
  readonly published: JWK[] = [];
  /** How often its keys were read. */
  reads = 0;
  /** What it answers in place of its keys. */
  instead: KeysAnswer | undefined;
  private readonly world: World;
  private readonly signing = new Map<Algorithm, Signing>();
  private made = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Begins to sign with a new key, and publishes it beside those there are, unless it is to be kept back. */
  async addKey(alg: Algorithm, { isPublished = true } = {}): Promise<Signing> {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    this.made += 1;
    const kid = `${alg}-${this.made}`;
    const signing = { alg, kid, key: privateKey };
    this.signing.set(alg, signing);
    if (isPublished) this.published.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return signing;
  }

  fetch: typeof globalThis.fetch = async () => {
    this.reads += 1;
    return this.instead ? this.instead() : Response.json({ keys: this.published });
  };

  /** The claims of a right assertion. */
  claims(sub: string): JWTPayload {
    this.made += 1;
    const iat = this.world.nowSeconds;
    return {
      iss: ISSUER,
      aud: this.world.settings.API_ORIGIN,
      sub,
      iat,
      exp: iat + 60,
      jti: `jti-${this.made}`,
    };
  }

  /** An assertion for an account; `changes` are to the claims of a right one. */
  async assert(sub: string, changes: object = {}, alg: Algorithm = 'ES256'): Promise<string> {
    const signing = this.signing.get(alg) ?? (await this.addKey(alg));
    return this.sign({ ...this.claims(sub), ...changes }, signing);
  }

  sign(claims: JWTPayload, { alg, kid, key }: Signing): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
  }
}

/** A world whose company has a login of its own. */
export async function ownLoginWorld(settings: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ TRUSTED_ISSUER: ISSUER, TRUSTED_JWKS_URL: KEYS_URL, ...settings });
  const company = new Company(world);
  await company.addKey('ES256');
  const { TRUSTED_AUDIENCE, API_ORIGIN, PROVIDER_TIMEOUT_MILLISECONDS: timeoutMilliseconds } = world.settings;
  const ownLogin = createOwnLogin(
    { issuer: ISSUER, audience: TRUSTED_AUDIENCE || API_ORIGIN, keysUrl: KEYS_URL, timeoutMilliseconds },
    (...request) => company.fetch(...request),
    world.dependencies.clock,
  );
  Object.assign(world.dependencies, { ownLogin });

  /** Signs in through the company's login, in a browser of its own or in one that is given. */
  const signInOwn = async (
    { accountId }: Pick<Person, 'accountId'>,
    browser = world.browser(),
  ): Promise<{ browser: typeof browser; reply: Reply }> => {
    const reply = await browser.post('/sessions', { assertion: await company.assert(accountId) });
    return { browser, reply };
  };
  return { world, company, signInOwn };
}
