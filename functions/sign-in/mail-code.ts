import type { DynamoDBStreamEvent } from 'aws-lambda';
import { keys, mail, type Provide, provide, type WithKeys, type WithMail } from '../../lib/dependencies.ts';
import { mailSignInCode } from '../../lib/flows/mail-sign-in-code.ts';
import { batch, consumer, eachRecord } from '../../lib/middleware/pipeline.ts';

/** The table's stream: mails the code of each sign-in that was asked for, if the address is somebody's. */
export const create = (provided: Provide<WithKeys & WithMail>) =>
  consumer<DynamoDBStreamEvent>().use(batch(provided)).handler(eachRecord(mailSignInCode));
export const handler = create(provide(keys, mail));
