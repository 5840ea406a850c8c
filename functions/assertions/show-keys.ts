import { type Provide, provide, signer, type WithSigner } from '../../lib/dependencies.ts';
import { published } from '../../lib/http/answer.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { type Anyone, anyone, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

/** GET /.well-known/jwks.json: the public keys that our assertions are verified with (RFC 7517). */
async function show({ dependencies }: Anyone<void, WithSigner>) {
  if (dependencies.signer === undefined) throw new Problem('not_found');
  return published({ keys: await dependencies.signer.publicKeys() });
}

export const create = (provided: Provide<WithSigner>) =>
  endpoint().use(http(provided)).use(anyone()).handler(retryWhenStale(show));
export const handler = create(provide(signer));
