/** Keeps out of the functions' bundles what no function uses, and what would be loaded at each cold start. */

const { readFileSync } = require('node:fs');

const LIB_DYNAMODB = /[\\/]@aws-sdk[\\/]lib-dynamodb[\\/]/;

/**
 * `@aws-sdk/lib-dynamodb` does not say in its package.json that its modules do nothing when they are imported, so its
 * paginators and its client would be bundled beside the commands.
 */
const unusedDocumentParts = {
  name: 'unused-document-parts',
  setup(build) {
    build.onResolve({ filter: /^\.|^@aws-sdk\/lib-dynamodb$/ }, async ({ path, ...args }) => {
      const isInside = path === '@aws-sdk/lib-dynamodb' || LIB_DYNAMODB.test(args.importer);
      if (args.pluginData === unusedDocumentParts || !isInside) return undefined;
      const resolved = await build.resolve(path, { ...args, pluginData: unusedDocumentParts });
      return { ...resolved, sideEffects: false };
    });
  },
};

/** A client of the SDK imports its whole package.json for its version. */
const unusedPackageParts = {
  name: 'unused-package-parts',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = require(path);
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Each class of an error sets the prototype that it has already: only ES5 needs that. The base class too, so all or none. */
const unusedPrototypes = {
  name: 'unused-prototypes',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9]+[\\/]dist-es[\\/]models[\\/]\w+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return { contents: source.replace(/^ *Object\.setPrototypeOf\(this, \w+\.prototype\);$/gm, ''), loader: 'js' };
    });
  },
};

/** The SDK's own SHA-256 is for a Node.js that was built without its crypto module. */
const unusedChecksum = {
  name: 'unused-checksum',
  setup(build) {
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]sha256[\\/]Sha256Js\.js$/ }, () => {
      const thrown = 'throw new Error("This Node.js has no crypto module.");';
      return { contents: `export class Sha256Js { constructor() { ${thrown} } }`, loader: 'js' };
    });
  },
};

module.exports = [unusedDocumentParts, unusedPackageParts, unusedPrototypes, unusedChecksum];
