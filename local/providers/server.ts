import { Hono } from 'hono';
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

/** WeChat and QQ, as far as a website's login needs them. */
export interface ProvidersServer extends RunningServer {
  /** By the path of the call: `/sns/oauth2/access_token`, `/oauth2.0/token`; the errcode is the provider's number. */
  readonly faults: Faults;
}

/**
 * Starts the stand-ins for WeChat and QQ on one port.
 *
 * @param options.port 0 for any free one
 * @param options.now milliseconds since the epoch
 * @param options.audience `network` lets a phone open the QR code's URL
 */
export async function createProvidersServer(options: {
  port: number;
  wechat: RegisteredApp;
  qq: RegisteredApp;
  now?: () => number;
  audience?: 'machine' | 'network';
}): Promise<ProvidersServer> {
  const { wechat, qq, now = Date.now } = options;
  const faults = new Faults();
  const wechatGrants = new Grants(now, WECHAT_LIFETIMES);
  const qqGrants = new Grants(now, QQ_LIFETIMES);
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.get('/', homePage);
  app.route('/', createWeChatAuthorize(wechat, wechatGrants, now));
  app.route('/', createQQAuthorize(qq, qqGrants));
  app.route('/', createWeChatApi(wechat, wechatGrants, faults));
  app.route('/', createQQApi(qq, qqGrants, faults));
  const server = await serve(app, options.port, options.audience ?? 'machine');
  return { ...server, faults };
}
