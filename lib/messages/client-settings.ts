// Node asks the server to close only where the agent has no limit of sockets either.
const AGENT = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

/**
 * How we talk to the services that send messages. Regions, credentials and endpoints are the SDKs' standard
 * variables.
 * - One attempt: a retry after a reply that got lost would send the message twice.
 * - `throwOnRequestTimeout`: without it the SDK's connections only warn and wait on.
 * - No kept connections: one that died while Lambda was frozen would break the next send, and there is no second try.
 */
export const SEND_ONCE = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
    httpAgent: AGENT,
    httpsAgent: AGENT,
  },
};
