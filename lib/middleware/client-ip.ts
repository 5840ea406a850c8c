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
  if (!cameByEdge(event, settings.EDGE_SECRET_HASHES)) throw new Problem('origin_not_allowed');
  const ip = viewerIp(event);
  if (ip === undefined) {
    observer.error('the distribution does not send the viewer’s address');
    throw new Problem('unavailable');
  }
  Object.assign(context, { caller: withIp(context.caller, ip) });
}

/**
 * Puts the address of the caller's own machine on the context, by what `CLIENT_IP` says.
 *
 * @throws Problem `origin_not_allowed` for a request that went around the edge
 */
export function clientIp(): Middleware {
  return middleware<unknown, WithCaller & WithDependencies>({ before: readViewer });
}
