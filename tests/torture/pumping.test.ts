import { expect, test } from '@jest/globals';
import { STRANGERS_PART } from '../../lib/linking/spending.ts';
import { mostSends } from '../../local/bill.ts';
import type { Browser, Reply } from '../support/browser.ts';
import { newPerson, type Person, signedIn, tally, times } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { counts } from './rounds.ts';
import { patience, scaled } from './scale.ts';

/**
 * An attacker with many accounts, phones, addresses and IP addresses makes the service send as much as it can, within an hour: each is
 * used as often as its own quota allows, so that it is the IP addresses' counters and the deployment's caps that end it; of mail, the
 * half that strangers have.
 */

const REQUESTS = scaled({ short: 200, full: 10_000 });
const part = REQUESTS / 10_000;
const share = (full: number) => Math.max(1, Math.round(full * part));

const IPS = share(1000);
const PHONES = share(400);
const ADDRESSES = share(1400);
/** Of the requests: from one IP address, for mail to addresses nobody has, and for mail; the rest are for SMS. */
const LOUD = 0.1;
const TO_NOBODY = 0.03;
const BY_MAIL = 0.65;

/** Over so many resend intervals: within one hour, and within the ten minutes of five codes as far as can be. */
const WAVES = 10;
const WAVE_SECONDS = 60;
const AT_ONCE = 40;

/** The defaults of serverless.yml, in the full run. */
const SETTINGS = {
  SENDS_PER_ACCOUNT_PER_DAY: '60',
  SENDS_PER_IP_PER_HOUR: String(Math.max(8, share(60))),
  SMS_PER_HOUR: String(share(1000)),
  SMS_PER_DAY: String(share(10_000)),
  MAILS_PER_HOUR: String(share(5000)),
  MAILS_PER_DAY: String(share(50_000)),
};

interface Attacker {
  readonly world: World;
  readonly phones: readonly { readonly person: Person; readonly browser: Browser }[];
  readonly addresses: readonly string[];
}

/** Which IP address accepted how many, and what came of all requests. */
interface Attack {
  readonly accepted: Map<string, number>;
  readonly replies: Reply[];
}

const addressOf = (index: number) => `victim${index}@example.com`;

async function prepare(): Promise<Attacker> {
  const world = await createWorld(SETTINGS);
  const phones: Attacker['phones'][number][] = [];
  while (phones.length < PHONES) {
    const person = await newPerson(world);
    phones.push({ person, browser: await signedIn(world, person) });
  }
  const addresses = Array.from({ length: ADDRESSES }, (_, index) => addressOf(index));
  for (const [index, subject] of addresses.entries())
    await world.importAccounts({
      accountId: `victim-${index}`,
      name: subject,
      phone: null,
      registered: { provider: 'email', subject },
    });
  await world.deliverStream();
  return { world, phones, addresses };
}

const ipOf = (request: number) => {
  const number = request % Math.round(1 / LOUD) === 0 ? 0 : 1 + (request % (IPS - 1));
  return `10.0.${Math.floor(number / 250)}.${number % 250}`;
};

function attacks({ world, phones, addresses }: Attacker) {
  let [sms, mails, strays] = [0, 0, 0];
  const signIn = (email: string, sourceIp: string) =>
    world.browser().post('/sign-in/email/send', { email }, { sourceIp });

  /** The next request; each phone and address in its turn, and each phone for another purpose the next time. */
  return (request: number): Promise<Reply> => {
    const sourceIp = ipOf(request);
    const kind = ((request * 7919) % 1000) / 1000;
    if (kind < TO_NOBODY) {
      strays += 1;
      return signIn(`nobody${strays}@example.com`, sourceIp);
    }
    if (kind < BY_MAIL) {
      mails += 1;
      return signIn(addresses[mails % addresses.length] ?? '', sourceIp);
    }
    sms += 1;
    const purpose = Math.floor(sms / phones.length) % 2 === 0 ? 'link_email' : 'link_wechat';
    const { browser } = phones[sms % phones.length] as Attacker['phones'][number];
    return browser.post('/otp/send', { purpose }, { sourceIp });
  };
}

async function attack(attacker: Attacker): Promise<Attack> {
  const { world } = attacker;
  const next = attacks(attacker);
  const accepted = new Map<string, number>();
  const replies: Reply[] = [];
  let request = 0;
  for (let wave = 1; wave <= WAVES; wave += 1) {
    const end = Math.round((REQUESTS * wave) / WAVES);
    while (request < end) {
      const first = request;
      const batch = await times(Math.min(AT_ONCE, end - first), async (index) => {
        const reply = await next(first + index);
        const ip = ipOf(first + index);
        if (reply.status === 202) accepted.set(ip, (accepted.get(ip) ?? 0) + 1);
        return reply;
      });
      replies.push(...batch);
      request += batch.length;
    }
    await world.deliverStream();
    world.pass({ seconds: WAVE_SECONDS });
  }
  return { accepted, replies };
}

test(
  'sends no more than counters and caps allow, however many ask, and from wherever',
  async () => {
    const attacker = await prepare();
    const { world } = attacker;
    const { accepted, replies } = await attack(attacker);

    const { spending, rules, NOTIFY } = world.settings;
    const most = mostSends(spending, NOTIFY);
    const strangersMails = Math.ceil(most.mailCodes.hour / STRANGERS_PART);
    const sent = (channel: 'sms' | 'email') =>
      world.outbox.sent.filter((message) => message.channel === channel).map(({ to }) => to);
    const [sms, mails] = [sent('sms'), sent('email')];
    await figure({
      row: 'sends in a 10,000-request pumping attack from 1,000 IPs',
      mustBe: "at most the guard's own arithmetic",
      value: `${sms.length} SMS of at most ${most.smsCodes.hour}, ${mails.length} mails of at most ${strangersMails}`,
    });

    expect(replies).toHaveLength(REQUESTS);
    // The attack is one: there was more to send than may be sent, and just so much was.
    expect(sms).toHaveLength(most.smsCodes.hour);
    expect(mails).toHaveLength(strangersMails);
    for (const count of accepted.values()) expect(count).toBeLessThanOrEqual(spending.sendsPerIpPerHour);
    expect(accepted.get(ipOf(0))).toBe(spending.sendsPerIpPerHour);
    for (const count of counts([...sms, ...mails]).values())
      expect(count).toBeLessThanOrEqual(rules.sendsPer10Minutes);
    // Nothing else was answered.
    const { 202: _served, quota_exceeded: _byIp, unavailable, ...others } = tally(replies);
    // Whether an IP address meets its limit before the caps close is a matter of chance in a short run.
    expect([unavailable, others]).toEqual([expect.any(Number), {}]);
  },
  patience,
);
