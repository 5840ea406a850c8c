'use strict';

/**
 * Refuses to package what could not run, and to deploy what was never told whose it is: all that is wrong is named at once. The stage
 * `dev`, which is packaged with nothing set to try that, may have placeholders until it is deployed.
 */
module.exports = class CheckSettings {
  constructor(serverless) {
    const { commands = [] } = serverless.processedInput ?? {};
    const check = (isForReal) => this.check(serverless, isForReal);
    this.hooks = {
      'before:package:cleanup': () => check(commands.includes('deploy')),
      // What was packaged before, by `osls deploy --package`.
      'before:deploy:deploy': () => check(true),
    };
  }

  async check({ service, classes }, isDeployed) {
    const { checkSettings, deployedEnvironment, isForTrial } = await import('./settings.ts');
    const stage = service.provider.stage;
    try {
      checkSettings(deployedEnvironment(stage, process.env), { isForReal: isDeployed || !isForTrial(stage) });
    } catch (error) {
      if (error.name !== 'SettingsError') throw error;
      throw new classes.Error(
        `The settings of the stage ${stage} are not complete. Give them in settings/${stage}.yml or in the environment:\n` +
          error.problems.map((problem) => `  ${problem}`).join('\n'),
      );
    }
  }
};
