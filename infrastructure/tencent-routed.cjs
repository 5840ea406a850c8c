'use strict';

/** Whether SMS go by Tencent anywhere, so that its receipts are to be pulled. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const routes = await resolveConfigurationProperty(['provider', 'environment', 'SMS_ROUTES']);
  return routes.split(',').some((route) => route.split('=')[1]?.trim() === 'tencent');
};
