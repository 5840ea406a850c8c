import { provide } from '../../lib/dependencies.ts';
import { tellOwner } from '../../lib/flows/tell-owner.ts';
import type { CoreDependencies } from '../../lib/http/route.ts';
import { TELL, type TellDependencies } from '../../lib/needs.ts';
import { createStreamHandler } from '../../lib/stream/handler.ts';

/** The table's stream: tells owners of links, unlinks, new devices, freezes and spent guesses, and the bus of changes. */
export const consume = tellOwner;

export const handler = createStreamHandler<CoreDependencies & TellDependencies>(consume, provide(TELL));
