'use strict';

/** The origins of `CONSOLE_ORIGINS` as the gateway wants them: a list. The functions check the same ones again. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const origins = await resolveConfigurationProperty(['provider', 'environment', 'CONSOLE_ORIGINS']);
  return origins
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
};
