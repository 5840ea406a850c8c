'use strict';

/** Whether the gateway's own address is shut: where there is a domain, nothing goes around it. */
module.exports = async ({ resolveConfigurationProperty }) =>
  (await resolveConfigurationProperty(['custom', 'stack', 'API_DOMAIN'])) !== '';
