// Runs packaged functions as Lambda does: each started from its own bundle, then given one event. The parameter store is a server
// of this process, so that it is known what each function asked it for. Writes one JSON line a function.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const functions = JSON.parse(process.argv[2]);
let asked = [];

const store = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { Names: names } = JSON.parse(Buffer.concat(chunks).toString());
    asked.push(...names);
    const value = 'a-secret-of-at-least-32-characters-for-all';
    // No key is being rotated.
    const isThere = (name) => !name.endsWith('-previous');
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(
      JSON.stringify({
        Parameters: names.filter(isThere).map((Name) => ({ Name, Value: value })),
        InvalidParameters: names.filter((name) => !isThere(name)),
      }),
    );
  });
});
await new Promise((resolve) => store.listen(0, '127.0.0.1', resolve));
process.env.AWS_ENDPOINT_URL_SSM = `http://127.0.0.1:${store.address().port}`;

// Nothing beyond this machine is asked.
globalThis.fetch = async () => {
  throw new TypeError('there is no network');
};

for (const { name, bundle, event } of functions) {
  asked = [];
  const { handler } = await import(pathToFileURL(bundle).href);
  const answer = await handler(event);
  process.stdout.write(`BUNDLE ${JSON.stringify({ name, answer, asked })}\n`);
}
store.close();
