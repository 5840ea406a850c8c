import type { Core, WithBus, WithKeys, WithMail, WithSms } from '../dependencies.ts';
import type { Item } from '../table/client.ts';
import { isNotice } from '../table/notices.ts';
import { isAddressFailures } from '../table/sign-ins.ts';
import { notifyLockedAddress } from './notify-locked-address.ts';
import { notifyOwner } from './notify-owner.ts';

/** Notifies of what a record of the table's stream is about, if it is about anything to notify of. */
export async function notify(
  item: Item,
  dependencies: Core & WithKeys & WithMail & WithSms & WithBus,
  before: Item | undefined,
): Promise<void> {
  if (isNotice(item)) await notifyOwner(item, dependencies);
  else if (isAddressFailures(item)) await notifyLockedAddress(item, dependencies, before);
}
