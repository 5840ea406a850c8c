import type { SESClient } from '@aws-sdk/client-ses';
import { notMeUrl } from '../../lib/linking/notice.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import { createAwsSms } from '../../lib/messages/aws-sms.ts';
import { createSesMail } from '../../lib/messages/mail.ts';
import { logger, systemObserver } from '../../lib/observe.ts';
import { createProviders } from '../../lib/providers/enabled.ts';
import { codeIn } from './doubles.ts';
import { secretsOf } from './log-secrets.ts';
import { TEST_ENVIRONMENT } from './settings.ts';
import { createWorld, type World } from './world.ts';

/** How WeChat's and QQ's servers behave. */
type ProviderMode = 'well' | 'with an error' | 'with a page' | 'not at all';
/** How the services that send messages behave. */
type SendingMode = 'well' | 'refusing' | 'failing';

/** The service with its own log, providers and senders; only what is beyond the network is made up. */
export interface LoggedRun {
  readonly world: World;
  provider: ProviderMode;
  sending: SendingMode;
  /** All that must not be logged, and what it is. */
  readonly secrets: Map<string, string>;
  /** Takes note of what has become secret since the last time. */
  readonly gather: () => Promise<void>;
}

const reply = (body: unknown) => new Response(typeof body === 'string' ? body : JSON.stringify(body));

/** Every call takes a token or a code, and says so in its errors as the real ones do. */
function providerFetch(run: LoggedRun): typeof globalThis.fetch {
  return async (input) => {
    const url = new URL(String(input));
    run.secrets.set(url.href, 'OAuth URL');
    const token = url.searchParams.get('access_token') ?? `access-token-of-${url.searchParams.get('code')}`;
    run.secrets.set(token, 'access token');
    if (run.provider === 'not at all')
      throw new TypeError(`fetch failed: ${url.href}`, { cause: new Error(url.href) });
    if (run.provider === 'with a page') return new Response(`<p>${url.href}</p>`, { status: 502 });
    if (run.provider === 'with an error') {
      const text = `invalid: ${url.search}`;
      return reply({
        errcode: 40029,
        errmsg: text,
        error: 100020,
        error_description: text,
        ret: -23,
        msg: text,
      });
    }
    const who = token.replace(/^access-token-of-/, '').replace(/~.*/, '');
    const [openid, unionid] = [`open-${who}`, `union-${who}`];
    run.secrets.set(openid, 'openid').set(unionid, 'unionid');
    const person = { openid, unionid, nickname: `昵称${who}` };
    const answers: Record<string, unknown> = {
      '/sns/oauth2/access_token': { access_token: token, refresh_token: `refresh-${token}`, ...person },
      '/sns/userinfo': person,
      '/oauth2.0/token': { access_token: token, refresh_token: `refresh-${token}`, expires_in: '7776000' },
      '/oauth2.0/me': { client_id: TEST_ENVIRONMENT.QQ_APP_ID, openid, unionid },
      '/user/get_user_info': { ret: 0, msg: '', nickname: person.nickname },
    };
    return reply(answers[url.pathname]);
  };
}

/** An error as bad as they come: whatever of it is written tells what was asked. */
export function tellingError(input: unknown, ...more: readonly string[]): Error {
  const asked = `${more.join(' ')} ${JSON.stringify(input)}`;
  const cause = Object.assign(new Error(asked), { asked });
  return Object.assign(new Error(asked, { cause }), {
    name: 'ValidationException',
    input,
    CancellationReasons: [input],
  });
}

interface SendingInput {
  readonly DestinationPhoneNumber?: string;
  readonly MessageBody?: string;
  readonly Destination?: { readonly ToAddresses: readonly string[] };
  readonly Message?: { readonly Body: { readonly Text: { readonly Data: string } } };
}

/** Sends by SES or by the SMS service: its errors tell whom the message was for and what it said. */
const sending =
  (run: LoggedRun) =>
  async (input: SendingInput): Promise<{ readonly MessageId: string }> => {
    const to = input.DestinationPhoneNumber ?? input.Destination?.ToAddresses[0] ?? '';
    const text = input.MessageBody ?? input.Message?.Body.Text.Data ?? '';
    run.secrets.set(text, 'message');
    if (run.sending === 'well') {
      await run.world.outbox.send({ to, text });
      return { MessageId: 'accepted' };
    }
    const code = codeIn(text);
    if (code !== undefined) run.secrets.set(code, 'code that was not delivered');
    const httpStatusCode = run.sending === 'refusing' ? 400 : 500;
    const error = new Error(`can't send to ${to}: ${text}`);
    throw Object.assign(error, { name: 'ValidationException', input, $metadata: { httpStatusCode } });
  };

export async function createLoggedRun(): Promise<LoggedRun> {
  const world = await createWorld({ LOG_LEVEL: 'DEBUG', SENDS_PER_10_MINUTES: '50', SENDS_PER_DAY: '50' });
  const secrets = new Map<string, string>();
  const run: LoggedRun = { world, provider: 'well', sending: 'well', secrets, gather: () => gather(run) };
  const fetch = providerFetch(run);
  const send = sending(run);
  const { settings } = world;
  logger.setLogLevel('DEBUG');
  Object.assign(world.dependencies, {
    observer: systemObserver,
    sms: {
      ...createAwsSms(
        { send: (_operation, input) => send(input) as Promise<never> },
        {
          brand: settings.BRAND_NAME,
          notMeUrl: notMeUrl(settings.CONSOLE_ORIGINS),
          originationIdentity: 'EXAMPLE',
        },
      ),
      takesLinks: (to: PhoneNumber) => world.outbox.takesLinks(to),
    },
    mail: createSesMail(
      { send: ({ input }: { input: SendingInput }) => send(input) } as unknown as SESClient,
      { from: settings.MAIL_FROM },
    ),
    providers: createProviders(settings, TEST_ENVIRONMENT, fetch),
  });
  return run;
}

/** Takes note of what has become secret, ids of people who were linked or signed in among it. */
async function gather({ world, secrets }: LoggedRun): Promise<void> {
  for (const [secret, kind] of secretsOf(world)) secrets.set(secret, kind);
  for (const item of (await world.items()).values())
    for (const subject of (item['subjects'] ?? []) as string[])
      if (!secrets.has(subject)) secrets.set(subject, 'subject');
}
