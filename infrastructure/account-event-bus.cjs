'use strict';

/**
 * The bus that `account.changed` comes by: that of `EVENT_BUS_NAME`, or the account's own where nothing is published. The bus is the
 * company's. The framework would make one of a mere name; of an ARN it takes the name alone.
 */
module.exports = async ({ resolveConfigurationProperty }) => {
  const name = await resolveConfigurationProperty(['provider', 'environment', 'EVENT_BUS_NAME']);
  if (name === '' || name === 'default') return 'default';
  return name.startsWith('arn:') ? name : `arn:aws:events:::event-bus/${name}`;
};
