import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Settings } from '../config.ts';
import { parseBody } from '../http/body.ts';
import { type Middleware, middleware, type WithDependencies, type WithForm } from './request.ts';

/**
 * Parses what is asked for. The contract checks the session before the form, so a refusal is kept for `session` or `anyone` to throw.
 *
 * @param parse throws Problem
 */
export function form<Form>(
  parse: (event: APIGatewayProxyEventV2, settings: Settings) => Form,
): Middleware<WithForm<Form>> {
  return middleware<WithForm<Form>, WithDependencies>({
    before({ event, context, internal }) {
      try {
        Object.assign(context, { form: parse(event, context.dependencies.settings) });
      } catch (error) {
        internal.formRefusal = error;
      }
    },
  });
}

/** For a request whose form is its body. */
export function body<Form>(schema: z.ZodMiniType<Form>): Middleware<WithForm<Form>> {
  return form((event) => parseBody(event, schema));
}
