/**
 * Stands in every bundle for what its client of SES never comes to (serverless.yml, `alias`): a dozen sources of credentials, since it is
 * given those of the function's role, and event streams, of which SES has none.
 */
export function defaultProvider(): never {
  throw new Error('this client is to be given its credentials');
}
