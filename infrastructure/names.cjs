'use strict';

/** An export of the stack that holds the state, which serverless.state.yml makes. */
const imported = (state, name) => ({ 'Fn::ImportValue': `account-linking-${state}-${name}` });

/** What the framework calls the mapping of the table's stream to a function: by the name of the export that it finds the stream by. */
function streamMapping(state, functionName) {
  const stream = imported(state, 'TableStreamArn')['Fn::ImportValue'].replace(/[^A-Za-z\d]/g, '');
  return `${functionName}EventSourceMappingDynamodb${stream[0].toUpperCase()}${stream.slice(1)}`;
}

/** The functions on the table's stream: they go on by themselves, and must neither starve the API nor be starved by it. */
const ON_STREAM = ['MailSignInCode', 'NotifyOwner'];

module.exports = { imported, streamMapping, ON_STREAM };
