'use strict';

/** What settings/<stage>.yml says, for `${self:custom.settings.NAME}`. */
module.exports = async ({ resolveVariable }) => {
  const { readStageFile } = await import('./settings.ts');
  try {
    return readStageFile(await resolveVariable('sls:stage'), process.cwd());
  } catch (error) {
    // The framework shows where an error comes from, which is the file that it is about.
    if (error.name === 'SettingsError') error.stack = error.message;
    throw error;
  }
};
