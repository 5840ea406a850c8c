import { withIp } from '../http/caller.ts';
import { cameByEdge, viewerIp } from '../http/edge.ts';
import { Problem } from '../linking/problem.ts';
import {
  type Middleware,
  middleware,
  type Request,
  type WithCaller,
  type WithDependencies,
} from './request.ts';

/**
 * Behind CloudFront the gateway sees CloudFront's addresses, and whoever shares one would share a quota: there, and there alone, a header
 * says who asks. Only what came through our own distribution is believed, and nothing else is served: its sender could write the header.
 */
function readViewer({ event, context }: Request<WithCaller & WithDependencies>): void {
  const { settings, observer } = context.dependencies;
  if (settings.CLIENT_IP !== 'cloudfront') return;
  const ip = cameByEdge(event, settings.EDGE_SECRET_HASHES) ? viewerIp(event) : undefined;
  if (ip === undefined) {
    observer.warn('a request came around the distribution, or it does not say who asks');
    throw new Problem('unavailable', { retryAfter: 1 });
  }
  Object.assign(context, { caller: withIp(context.caller, ip) });
}

/**
 * Puts the address of the caller's own machine on the context, by what `CLIENT_IP` says.
 *
 * @throws Problem `unavailable` for a request that went around the distribution
 */
export function clientIp(): Middleware {
  return middleware<unknown, WithCaller & WithDependencies>({ before: readViewer });
}
