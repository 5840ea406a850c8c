import { lookup } from 'node:dns/promises';
import { connect } from 'node:tls';
import type { Settings } from '../../lib/config.ts';
import { type Check, failed, type Group, ok, skipped, warning } from './check.ts';

const SKEW_MAX_SECONDS = 60;
const CERTIFICATE_MIN_DAYS = 21;
const DAY_MILLISECONDS = 86_400_000;
const STRANGE_ORIGIN = 'https://not-one-of-ours.example';

const isLocal = (origin: string) => new URL(origin).hostname === 'localhost';

const clock = (origin: string): Check => ({
  id: 'clock',
  run: async () => {
    const before = Date.now();
    const { headers } = await fetch(`${origin}/account`);
    const there = Date.parse(headers.get('date') ?? '');
    const seconds = Math.round((there - (before + Date.now()) / 2) / 1000);
    if (Number.isNaN(seconds))
      return warning('the API does not say what time it is', 'Its answers have to have a Date.');
    return Math.abs(seconds) <= SKEW_MAX_SECONDS
      ? ok(`${Math.abs(seconds)} s apart`)
      : failed(
          `${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead'}`,
          'Set this machine’s clock: what it signs is refused.',
        );
  },
});

const api = (origin: string): Check => ({
  id: 'api',
  run: async () => {
    const reply = await fetch(`${origin}/account`);
    const body: unknown = await reply.json().catch(() => undefined);
    const code = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : undefined;
    if (reply.status === 401 && code === 'not_signed_in') return ok(`${origin} answers as it should`);
    return failed(
      `${origin} answers ${reply.status}${typeof code === 'string' ? ` ${code}` : ''}`,
      'Look at its log: `unavailable` is a setting or secret that is missing.',
    );
  },
});

async function preflight(apiOrigin: string, origin: string) {
  const { headers } = await fetch(`${apiOrigin}/account/preferences`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    },
  });
  return {
    isLetIn: headers.get('access-control-allow-origin') === origin,
    hasCookies: headers.get('access-control-allow-credentials') === 'true',
  };
}

const cors = ({ API_ORIGIN: apiOrigin, CONSOLE_ORIGINS: origins }: Settings): Check => ({
  id: 'cors',
  run: async () => {
    for (const origin of origins) {
      const { isLetIn, hasCookies } = await preflight(apiOrigin, origin);
      if (!isLetIn || !hasCookies)
        return failed(
          `${origin} is not let in${isLetIn ? ' with its cookies' : ''}`,
          'Put it into CONSOLE_ORIGINS, and deploy.',
        );
    }
    if ((await preflight(apiOrigin, STRANGE_ORIGIN)).isLetIn)
      return failed('every site is let in', 'CORS has to name the consoles: deploy again.');
    return ok(`${origins.join(', ')}, and no other`);
  },
});

const domain = (origin: string): Check => ({
  id: 'domain',
  run: async () => {
    if (isLocal(origin)) return skipped('localhost');
    const { hostname } = new URL(origin);
    await lookup(hostname);
    const until = await new Promise<number>((resolve, reject) => {
      const socket = connect({ host: hostname, port: 443, servername: hostname }, () => {
        resolve(Date.parse(socket.getPeerCertificate().valid_to));
        socket.end();
      });
      socket.once('error', reject);
    });
    const days = Math.floor((until - Date.now()) / DAY_MILLISECONDS);
    return days >= CERTIFICATE_MIN_DAYS
      ? ok(`${hostname}, certificate good for ${days} days`)
      : warning(`${hostname}, certificate good for ${days} days`, 'Look at its renewal in ACM.');
  },
});

/** The last two labels, as far as that goes: a list of public suffixes would know better, and those who have such a domain know it. */
const siteOf = (origin: string) => new URL(origin).hostname.split('.').slice(-2).join('.');

const site = ({ API_ORIGIN: apiOrigin, CONSOLE_ORIGINS: origins }: Settings): Check => ({
  id: 'site',
  run: async () => {
    const others = origins.filter((origin) => siteOf(origin) !== siteOf(apiOrigin));
    return others.length === 0
      ? ok(`consoles and API are on ${siteOf(apiOrigin)}`)
      : warning(
          `${others.join(', ')} is on another site than the API`,
          'Its browsers send no cookie: it has to work by bearer tokens (docs/own-login.md).',
        );
  },
});

/** What a browser meets on its way. */
export const network = (settings: Settings): Group => ({
  title: 'On the way',
  checks: [
    clock(settings.API_ORIGIN),
    api(settings.API_ORIGIN),
    cors(settings),
    domain(settings.API_ORIGIN),
    site(settings),
  ],
});
