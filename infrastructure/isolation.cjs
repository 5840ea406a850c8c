'use strict';

const { ON_STREAM, streamMapping } = require('./names.cjs');

const UNSET = { Ref: 'AWS::NoValue' };

/**
 * Concurrency that is set aside for the functions on the stream, which is also the most they get. Off by default: AWS leaves ten
 * unreserved at least, and a new account has no more than ten. And what becomes of their records is counted, for an alarm.
 */
module.exports = async ({ resolveConfigurationProperty }) => {
  const stack = await resolveConfigurationProperty(['custom', 'stack']);
  const { STATE: state, STREAM_RESERVED_CONCURRENCY: reserved } = stack;
  const concurrency = { 'Fn::If': ['ReservesConcurrency', Number(reserved || 1), UNSET] };
  return {
    Conditions: { ReservesConcurrency: { 'Fn::Not': [{ 'Fn::Equals': [reserved, ''] }] } },
    extensions: Object.fromEntries(
      ON_STREAM.flatMap((name) => [
        [`${name}LambdaFunction`, { Properties: { ReservedConcurrentExecutions: concurrency } }],
        [streamMapping(state, name), { Properties: { MetricsConfig: { Metrics: ['EventCount'] } } }],
      ]),
    ),
  };
};
