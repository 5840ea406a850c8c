import { describe, expect, test } from '@jest/globals';
import { readPorts, StartError, worldEnvironment } from '../../local/environment.ts';

const world = (given: Record<string, string> = {}) => worldEnvironment(given, () => 'generated-key');

describe('the environment of the local world', () => {
  test('has the ports of the contract by default', () => {
    expect(readPorts({})).toEqual({ console: 3000, api: 3001, inbox: 3002, providers: 3003, dynamodb: 3004 });
  });

  test('moves every address that a moved port is part of', () => {
    const { settings } = world({
      CONSOLE_PORT: '4000',
      API_PORT: '4001',
      INBOX_PORT: '4002',
      PROVIDERS_PORT: '4003',
    });
    expect(settings).toMatchObject({
      CONSOLE_ORIGINS: 'http://localhost:4000',
      API_ORIGIN: 'http://localhost:4001',
      AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: 'http://127.0.0.1:4002',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4002/queue',
      NOTICE_QUEUE_URL: 'http://127.0.0.1:4002/queue/DeferredNotices',
      WECHAT_AUTHORIZE_URL: 'http://localhost:4003',
      QQ_API_URL: 'http://localhost:4003',
    });
  });

  test('lets everything that is given win, an empty text included', () => {
    const given = {
      WECHAT_API_URL: 'http://127.0.0.1:9',
      CODE_HMAC_KEY: 'mine',
      LINKABLE_PROVIDERS: '',
      RESEND_SECONDS: '1',
    };
    expect(world(given).api).toMatchObject(given);
    expect(world(given).settings).toMatchObject({
      WECHAT_API_URL: 'http://127.0.0.1:9',
      CODE_HMAC_KEY: 'mine',
    });
  });

  test('takes the one address everybody on a laptop has for no attacker’s, unless told so', () => {
    // Four codes to one phone link and unlink once: trying it out again is no attack either.
    expect(Number(world().api['SENDS_PER_10_MINUTES'])).toBeGreaterThanOrEqual(20);
    for (const name of ['SENDS_PER_IP_PER_HOUR', 'SIGN_INS_PER_IP_PER_HOUR', 'UNDO_CODES_PER_IP_PER_HOUR'])
      expect(Number(world().api[name])).toBeGreaterThan(100_000);
    expect(world({ SENDS_PER_IP_PER_HOUR: '60' }).api['SENDS_PER_IP_PER_HOUR']).toBe('60');
  });

  test('lets what is deferred wait for seconds, as many as it is told', () => {
    expect(world().queueDelaySeconds).toBe(5);
    expect(world({ QUEUE_DELAY_SECONDS: '' }).queueDelaySeconds).toBe(5);
    expect(world({ QUEUE_DELAY_SECONDS: '900' }).queueDelaySeconds).toBe(900);
    expect(() => world({ QUEUE_DELAY_SECONDS: '1m' })).toThrow('QUEUE_DELAY_SECONDS');
  });

  test('makes another key for codes in every run', () => {
    expect(worldEnvironment({}).settings.CODE_HMAC_KEY).not.toBe(worldEnvironment({}).settings.CODE_HMAC_KEY);
    expect(world().settings.CODE_HMAC_KEY).toBe('generated-key');
  });

  test('never passes real AWS credentials on', () => {
    const given = {
      AWS_ACCESS_KEY_ID: 'real',
      AWS_SECRET_ACCESS_KEY: 'real',
      AWS_SESSION_TOKEN: 'real',
      AWS_PROFILE: 'real',
    };
    expect(Object.values(world(given).api)).not.toContain('real');
  });

  test.each([
    [{ API_PORT: 'abc' }, 'API_PORT'],
    [{ INBOX_PORT: '0' }, 'INBOX_PORT'],
    [{ DYNAMODB_PORT: '65536' }, 'DYNAMODB_PORT'],
    [{ API_PORT: '3000' }, 'CONSOLE_PORT and API_PORT'],
  ])('refuses %j and names the variable', (given, named) => {
    expect(() => readPorts(given)).toThrow(StartError);
    expect(() => readPorts(given)).toThrow(named);
  });

  test('takes an empty port for the default', () => {
    expect(readPorts({ API_PORT: '' }).api).toBe(3001);
  });
});
