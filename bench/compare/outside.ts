import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TEST_ENVIRONMENT } from '../../tests/support/settings.ts';

/**
 * What is beyond the network, for the service and its peer alike: vendors of messages, OAuth providers, the parameter store. It answers at once
 * and checks nothing, so that what is measured is who asks.
 */
export interface Outside {
  readonly origin: string;
  /** The newest code that went to a phone or an address. */
  codeFor(to: string): string;
  stop(): Promise<void>;
}

interface Asked {
  readonly url: URL;
  readonly target: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

type Answer = readonly [contentType: string, body: string];

const json = (body: object): Answer => ['application/json', JSON.stringify(body)];

/** The code of an OAuth flow is who comes: everybody has an openid and a unionid. */
const person = (who: string) => ({ openid: `open-${who}`, unionid: `union-${who}` });

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function listen(
  answer: (message: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ origin: string; stop: () => Promise<void> }> {
  const server = createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  // No instance is idle for so long that its connection would be closed under it.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${port}`, stop };
}

const SES_ANSWER = `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>id</MessageId></SendEmailResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></SendEmailResponse>`;

/** Secrets by the names of their parameters, `code-hmac-key` for `CODE_HMAC_KEY`. */
const secret = (parameter: string) =>
  Reflect.get(TEST_ENVIRONMENT, parameter.replace(/^.*\//, '').replaceAll('-', '_').toUpperCase()) as
    | string
    | undefined;

export async function startOutside(): Promise<Outside> {
  const codes = new Map<string, string>();
  const keep = (to: string, text: string) => {
    const code = /(?<!\d)\d{6}(?!\d)/.exec(text.replace(/https?:\/\/\S+/g, ''))?.[0];
    if (code !== undefined) codes.set(to, code);
  };

  const operations: Readonly<Record<string, (asked: Asked) => Answer>> = {
    'PinpointSMSVoiceV2.SendTextMessage': ({ body }) => {
      const { DestinationPhoneNumber: to, MessageBody: text } = JSON.parse(body);
      keep(to, text);
      return json({ MessageId: 'id' });
    },
    'AmazonSSM.GetParameters': ({ body }) => {
      const { Names: names } = JSON.parse(body) as { Names: string[] };
      const found = names.filter((name) => secret(name) !== undefined);
      return json({
        Parameters: found.map((Name) => ({ Name, Value: secret(Name) })),
        InvalidParameters: names.filter((name) => !found.includes(name)),
      });
    },
    'AWSEvents.PutEvents': () => json({ FailedEntryCount: 0, Entries: [{ EventId: 'id' }] }),
    SendEmail: ({ body }) => {
      const form = new URLSearchParams(body);
      keep(form.get('Destination.ToAddresses.member.1') ?? '', form.get('Message.Body.Text.Data') ?? '');
      return ['text/xml', SES_ANSWER];
    },
    '/sns/oauth2/access_token': ({ url }) => {
      const who = url.searchParams.get('code') ?? '';
      return json({ access_token: who, expires_in: 7200, scope: 'snsapi_login', ...person(who) });
    },
    '/sns/userinfo': ({ url }) => {
      const who = url.searchParams.get('access_token') ?? '';
      return json({ nickname: who, ...person(who) });
    },
    '/oauth2.0/token': ({ url }) => json({ access_token: url.searchParams.get('code'), expires_in: 7776000 }),
    '/oauth2.0/me': ({ url }) =>
      json({
        client_id: TEST_ENVIRONMENT.QQ_APP_ID,
        ...person(url.searchParams.get('access_token') ?? ''),
      }),
    '/user/get_user_info': ({ url }) => json({ ret: 0, nickname: url.searchParams.get('access_token') }),
    '/peer/messages': ({ body }) => {
      const { to, code } = JSON.parse(body);
      keep(to, code);
      return json({});
    },
    '/peer/token': ({ body }) =>
      json({
        access_token: new URLSearchParams(body).get('code'),
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'profile',
      }),
    '/peer/userinfo': ({ headers }) => {
      const who = String(headers.authorization).replace(/^Bearer /, '');
      return json({ id: who, email: `${who}@scan.example.com`, email_verified: true, name: who });
    },
    '/nothing': () => json({}),
  };

  const server = await listen(async (message, response) => {
    const url = new URL(message.url ?? '/', 'http://outside');
    const body = await readBody(message);
    const target = String(message.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action') ?? '');
    const operation = operations[target] ?? operations[url.pathname];
    if (operation === undefined) throw new Error(`nobody answers ${target || url.pathname}`);
    const [contentType, text] = operation({ url, target, body, headers: message.headers });
    response.writeHead(200, { 'content-type': contentType }).end(text);
  });
  return {
    ...server,
    codeFor(to) {
      const code = codes.get(to);
      if (code === undefined) throw new Error(`nothing was sent to ${to}`);
      return code;
    },
  };
}

/**
 * A store in front of another one.
 *
 * @param around stands around each call: it may wait, and gives the answer
 */
export function startProxy(
  target: string,
  around: (call: StoreCall, proceed: (body?: string) => Promise<string>) => Promise<string>,
) {
  return listen(async (message, response) => {
    const body = await readBody(message);
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    let status = 502;
    let headers: IncomingMessage['headers'] = {};
    const proceed = async (changed = body) => {
      const asked = request(new URL(message.url ?? '/', target), {
        method: message.method,
        headers: { ...message.headers, 'content-length': Buffer.byteLength(changed) },
      });
      asked.end(changed);
      const [answer, text] = await new Promise<[IncomingMessage, string]>((resolve, reject) => {
        asked.once('error', reject);
        asked.once('response', (found: IncomingMessage) => {
          readBody(found).then((read) => resolve([found, read]), reject);
        });
      });
      status = answer.statusCode ?? status;
      const { 'transfer-encoding': _chunked, connection: _connection, ...others } = answer.headers;
      headers = others;
      return text;
    };
    const text = await around({ operation, body }, proceed);
    response.writeHead(status, headers).end(text);
  });
}

/** A call of DynamoDB, as it is on the wire. */
export interface StoreCall {
  readonly operation: string;
  readonly body: string;
}

/** A store in front of another one that lets everybody wait for so much longer. */
export async function startDelay(target: string, milliseconds: number) {
  let calls = 0;
  const server = await startProxy(target, async (_call, proceed) => {
    calls += 1;
    const text = await proceed();
    await wait(milliseconds);
    return text;
  });
  return { ...server, calls: () => calls };
}
