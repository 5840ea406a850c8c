'use strict';

const { imported, streamMapping } = require('./names.cjs');

/** What alarms and the dashboard look at, as CloudWatch names it. */

/** Of lib/observe.ts, by what else it was counted; without, it is what was counted in all. */
const ours = (name, by = {}) => ({
  namespace: 'AccountLinking',
  name,
  dimensions: { service: 'account-linking', ...by },
});

const ofApi = (name) => ({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: { Ref: 'HttpApi' } } });

/** @param functionName such as `ShowAccount` */
const ofFunction = (name, functionName) => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: { Ref: `${functionName}LambdaFunction` } },
});

/** Of all functions of the account and region, the company's others too. */
const ofAllFunctions = (name) => ({ namespace: 'AWS/Lambda', name, dimensions: {} });

/** Of a queue of the state's. */
const ofQueue = (name, state, queue) => ({
  namespace: 'AWS/SQS',
  name,
  dimensions: { QueueName: imported(state, `${queue}Name`) },
});

/** Of what brings a function the records of the table's stream. */
const ofMapping = (name, state, functionName) => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { EventSourceMappingUUID: { Ref: streamMapping(state, functionName) } },
});

const capitalize = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;

/** The functions that nobody waits for at the other end of the API; what nothing of serverless.yml calls is none of the work. */
const workers = (functions) =>
  Object.entries(functions).flatMap(([name, { events }]) =>
    events?.length && !('httpApi' in events[0]) ? [capitalize(name)] : [],
  );

/** Who delivers SMS: what is counted of a receipt names one. */
const VENDORS = ['aws', 'tencent'];

/** The first of `SMS_COUNTRIES` have alarms and a funnel of their own: each takes several metrics. The others are in what is of all. */
const COUNTRIES_MAX = 12;

const listCountries = (setting) => [...new Set(setting.split(',').map((code) => code.trim()))];

module.exports = {
  ours,
  ofApi,
  ofFunction,
  ofAllFunctions,
  ofQueue,
  ofMapping,
  workers,
  VENDORS,
  COUNTRIES_MAX,
  listCountries,
};
