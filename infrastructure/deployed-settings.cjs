'use strict';

/** All settings of the stage, for stacks that are not given each by name: the environment, then the stage's file, then the defaults. */
module.exports = async ({ resolveVariable }) => {
  const { deployedEnvironment } = await import('./settings.ts');
  return deployedEnvironment(await resolveVariable('sls:stage'), process.env);
};
