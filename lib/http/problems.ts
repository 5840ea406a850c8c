import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { STATUS, TYPE_PREFIX } from '../contract/problems.ts';
import type { Language } from '../linking/language.ts';
import type { Problem } from '../linking/problem.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';

/** A problem as RFC 9457 has it. */
export function problemResponse(problem: Problem, language: Language): APIGatewayProxyStructuredResultV2 {
  const { code, extensions } = problem;
  const status = STATUS[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': language,
      ...(extensions.retryAfter !== undefined && { 'retry-after': String(extensions.retryAfter) }),
    },
    body: JSON.stringify({
      type: `${TYPE_PREFIX}${code}`,
      ...PROBLEM_TEXTS[language][code],
      status,
      code,
      ...extensions,
    }),
  };
}
