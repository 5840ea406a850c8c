'use strict';

const { createWriteStream } = require('node:fs');
const { mkdir, writeFile } = require('node:fs/promises');
const { join, relative } = require('node:path');
const { pipeline } = require('node:stream/promises');
const { build } = require('esbuild');
const { ZipFile } = require('yazl');

/** Where the framework looks for what is to be packaged. */
const FOLDER = '.serverless';

/** The same for the same code: the framework deploys a function again only if its archive is another one. */
const MODIFIED_AT = new Date(0);

/** Together they share what they have in common; all of them at once take gigabytes of memory. */
const BUNDLES_AT_ONCE = 10;

const sourceOf = (handler) => `${handler.slice(0, handler.lastIndexOf('.'))}.ts`;

async function zip(path, name, contents) {
  const archive = new ZipFile();
  archive.addBuffer(Buffer.from(contents), name, { mtime: MODIFIED_AT, forceDosTimestamp: true });
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(path));
}

/**
 * Bundles every function by itself, as `custom.esbuild` says. `bundles.json` tells of every file that they are made of what it imports
 * (the inputs of esbuild's metafile).
 */
module.exports = class Bundle {
  constructor({ service, serviceDir }) {
    const bundle = () => this.bundle(service, serviceDir);
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:package:function:package': bundle,
    };
  }

  async bundle(service, serviceDir) {
    const { outputFileExtension, ...options } = service.custom.esbuild;
    const functions = Object.entries(service.functions);
    const sources = [...new Set(functions.map(([, { handler }]) => sourceOf(handler)))];
    const folder = join(serviceDir, FOLDER);
    const bundles = new Map();
    const inputs = {};
    while (sources.length > 0) {
      const { outputFiles, metafile } = await build({
        ...options,
        absWorkingDir: serviceDir,
        entryPoints: sources.splice(0, BUNDLES_AT_ONCE),
        outbase: serviceDir,
        outdir: folder,
        outExtension: { '.js': outputFileExtension },
        write: false,
        metafile: true,
      });
      for (const { path, contents } of outputFiles) bundles.set(relative(folder, path), contents);
      Object.assign(inputs, metafile.inputs);
    }
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'bundles.json'), JSON.stringify(inputs));
    for (const [name, definition] of functions) {
      const path = sourceOf(definition.handler).replace(/\.ts$/, outputFileExtension);
      const artifact = join(FOLDER, `${name}.zip`);
      await zip(join(serviceDir, artifact), path, bundles.get(path));
      definition.package = { ...definition.package, artifact };
    }
  }
};
