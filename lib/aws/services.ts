import type { AwsApi, AwsClientSettings } from './client.ts';

/** For what is asked beside the table: three tries, which leave some of a request's time to answer without. */
export const ASIDE: AwsClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** Amazon EventBridge: https://docs.aws.amazon.com/eventbridge/latest/APIReference/ */
export const EVENTBRIDGE: AwsApi = {
  hostPrefix: 'events',
  serviceId: 'EVENTBRIDGE',
  signingName: 'events',
  target: 'AWSEvents',
  jsonVersion: '1.1',
};

/** AWS End User Messaging: https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/ */
export const SMS_VOICE: AwsApi = {
  hostPrefix: 'sms-voice',
  serviceId: 'PINPOINT_SMS_VOICE_V2',
  signingName: 'sms-voice',
  target: 'PinpointSMSVoiceV2',
  jsonVersion: '1.0',
};

/** Amazon SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export const SQS: AwsApi = {
  hostPrefix: 'sqs',
  serviceId: 'SQS',
  signingName: 'sqs',
  target: 'AmazonSQS',
  jsonVersion: '1.0',
};

/** AWS Systems Manager: https://docs.aws.amazon.com/systems-manager/latest/APIReference/ */
export const SSM: AwsApi = {
  hostPrefix: 'ssm',
  serviceId: 'SSM',
  signingName: 'ssm',
  target: 'AmazonSSM',
  jsonVersion: '1.1',
};
