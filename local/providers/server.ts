import { Hono } from 'hono';
import { OAUTH_PROVIDERS, type OAuthProviderName } from '../../lib/linking/identity.ts';
import { Faults } from '../faults.ts';
import { type RunningServer, serve } from '../server.ts';
import type { RegisteredApp } from './app.ts';
import { Grants } from './grants.ts';
import { homePage } from './home.ts';
import { createQQApi, QQ_LIFETIMES } from './qq-api.ts';
import { createQQAuthorize } from './qq-authorize.ts';
import { createWeChatApi, WECHAT_LIFETIMES } from './wechat-api.ts';
import { createWeChatAuthorize } from './wechat-authorize.ts';

export type { RegisteredApp };

interface World {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly faults: Faults;
}

/** The pages and calls of each provider, for the one app that is registered with it. Their paths are the provider's own. */
const STAND_INS: Record<OAuthProviderName, (app: RegisteredApp, world: World) => readonly Hono[]> = {
  wechat: (app, { now, faults }) => {
    const grants = new Grants(now, WECHAT_LIFETIMES);
    return [createWeChatAuthorize(app, grants, now), createWeChatApi(app, grants, faults)];
  },
  qq: (app, { now, faults }) => {
    const grants = new Grants(now, QQ_LIFETIMES);
    return [createQQAuthorize(app, grants), createQQApi(app, grants, faults)];
  },
};

/** The providers, as far as a website's login needs them. */
export interface ProvidersServer extends RunningServer {
  /** By the path of the call: `/sns/oauth2/access_token`, `/oauth2.0/token`; the errcode is the provider's number. */
  readonly faults: Faults;
}

/**
 * Starts the stand-ins for all providers on one port.
 *
 * @param options.port 0 for any free one
 * @param options.now milliseconds since the epoch
 * @param options.audience `network` lets a phone open the QR code's URL
 */
export async function createProvidersServer(options: {
  port: number;
  apps: Readonly<Record<OAuthProviderName, RegisteredApp>>;
  now?: () => number;
  audience?: 'machine' | 'network';
  /** What else is on that port. */
  more?: Hono;
}): Promise<ProvidersServer> {
  const { apps, now = Date.now } = options;
  const faults = new Faults();
  const app = new Hono();
  // First: it writes its answers by itself, and nothing may be added to them afterwards.
  if (options.more) app.route('/', options.more);
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.get('/', homePage);
  for (const name of OAUTH_PROVIDERS)
    for (const routes of STAND_INS[name](apps[name], { now, faults })) app.route('/', routes);
  const server = await serve(app, options.port, options.audience ?? 'machine');
  return { ...server, faults };
}
