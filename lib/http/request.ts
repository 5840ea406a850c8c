import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import Negotiator from 'negotiator';
import type { Language } from '../linking/language.ts';
import { type Caller, readCaller } from './caller.ts';

export interface HttpRequest extends Caller {
  readonly event: APIGatewayProxyEventV2;
}

/** `zh` stands for every Chinese, so that a reader of zh-TW is not answered in English. */
const OFFERED_LANGUAGES = ['zh-CN', 'zh', 'en'];

/** Chinese unless English is preferred. */
export function languageOf({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>): Language {
  return new Negotiator({ headers }).language(OFFERED_LANGUAGES) === 'en' ? 'en' : 'zh-CN';
}

export function readRequest(event: APIGatewayProxyEventV2, language: Language): HttpRequest {
  return { event, ...readCaller(event, language) };
}
