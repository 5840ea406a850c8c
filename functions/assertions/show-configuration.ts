import { type Provide, provide } from '../../lib/dependencies.ts';
import { published } from '../../lib/http/answer.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { type Anyone, anyone, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

/** GET /.well-known/openid-configuration: where a verifier of our assertions finds the keys (OpenID Connect Discovery 1.0). */
async function show({ dependencies: { settings } }: Anyone) {
  const { API_ORIGIN: issuer, ASSERTION_AUDIENCES: audiences } = settings;
  if (audiences.length === 0) throw new Problem('not_found');
  return published({
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'amr', 'auth_time'],
  });
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(anyone()).handler(retryWhenStale(show));
export const handler = create(provide());
