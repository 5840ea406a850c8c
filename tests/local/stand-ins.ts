import { createProvidersServer, type ProvidersServer } from '../../local/providers/server.ts';

export const wechat = {
  appId: 'wx0000000000000009',
  appSecret: 'wechat-secret',
  callbackDomain: 'localhost',
  inApp: { appId: 'wx0000000000000010', appSecret: 'wechat-mp-secret' },
};
export const qq = { appId: '900000009', appSecret: 'qq-secret', callbackDomain: 'localhost' };
export const callback = 'http://localhost:3001/oauth/callback?kept=1';

/** The stand-ins with a clock to turn. */
export async function startStandIns() {
  let milliseconds = Date.UTC(2026, 0, 1);
  const server = await createProvidersServer({ port: 0, apps: { wechat, qq }, now: () => milliseconds });
  return { server, pass: (seconds: number) => (milliseconds += seconds * 1000) };
}

type Query = Record<string, string | undefined>;

/** A GET that follows no redirect. A parameter of value undefined is left out. */
export async function get(
  server: ProvidersServer,
  path: string,
  query: Query = {},
  headers: Record<string, string> = {},
) {
  const url = new URL(path, server.origin);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  const reply = await fetch(url, { redirect: 'manual', headers });
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    text: await reply.text(),
    location: reply.headers.get('location'),
  };
}

/** The query of the redirect that ends an authorization. */
export async function answer(server: ProvidersServer, path: string, query: Query): Promise<URLSearchParams> {
  const { location } = await get(server, path, query);
  if (location === null) throw new Error('no redirect');
  const url = new URL(location);
  if (!location.startsWith(callback)) throw new Error(`redirected to ${url.origin}`);
  return url.searchParams;
}
