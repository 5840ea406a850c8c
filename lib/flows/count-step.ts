import type { Core } from '../dependencies.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { countryOf } from '../linking/spending.ts';
import type { MetricName } from '../observe.ts';

/** From a code that is asked for to the link that it allows. */
type Step = Extract<MetricName, 'CodeAsked' | 'CodeSent' | 'CodeVerified' | 'Linked' | 'Replaced'>;

/** How a code goes out; of a mail, no more is counted. */
type Way = { readonly by: 'mail' } | { readonly by: 'sms'; readonly to: PhoneNumber };

/** Counts a step of the funnel by channel and country: where one step falls and the one before it does not, codes don't arrive. */
export function countStep({ observer, settings }: Core, step: Step, way: Way): void {
  const country = way.by === 'sms' ? countryOf(way.to, settings.spending.smsCountries) : 'none';
  observer.count(step, { channel: way.by, country });
}
