// The least that asks a store anything: one plain HTTP request, with what a TLS connection would take loaded.
const { get } = require('node:http');
require('node:https');

const [, , url = ''] = process.argv;

get(url, (response) =>
  response.resume().once('end', () => {
    const { stdout } = process;
    const { user, system } = process.cpuUsage();
    const figures = {
      cpuMilliseconds: (user + system) / 1000,
      residentMebibytes: process.memoryUsage.rss() / 2 ** 20,
    };
    stdout.write(`FIRST-ANSWER ${JSON.stringify(figures)}\n`, () => process.exit());
  }),
);
