/** Removes from the functions' bundles code that they do not use, for faster cold starts. */

const { readFileSync } = require('node:fs');
const { isBuiltin } = require('node:module');
const { dirname } = require('node:path');

const LIB_DYNAMODB = /[\\/]@aws-sdk[\\/]lib-dynamodb[\\/]/;

/**
 * The package.json of `@aws-sdk/lib-dynamodb` does not declare its modules free of side effects, so its paginators and its
 * client would be in the bundle.
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

/** Each error class sets its prototype, which only ES5 needs. The base class too, so change all or none. */
const unusedPrototypes = {
  name: 'unused-prototypes',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9]+[\\/]dist-es[\\/]models[\\/]\w+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return { contents: source.replace(/^ *Object\.setPrototypeOf\(this, \w+\.prototype\);$/gm, ''), loader: 'js' };
    });
  },
};

/** The SDK's own SHA-256 is only for a Node.js without its crypto module. */
const unusedChecksum = {
  name: 'unused-checksum',
  setup(build) {
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]sha256[\\/]Sha256Js\.js$/ }, () => {
      const thrown = 'throw new Error("This Node.js has no crypto module.");';
      return { contents: `export class Sha256Js { constructor() { ${thrown} } }`, loader: 'js' };
    });
  },
};

/** The errors of reads and writes of items. Any other error of DynamoDB still has its name. */
const ERRORS_OF_ITEMS = new Set([
  'ConditionalCheckFailedException',
  'InternalServerError',
  'InvalidEndpointException',
  'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TransactionConflictException',
]);

/** The client also registers the error classes of backups, exports and global tables. */
const unusedErrors = {
  name: 'unused-errors',
  setup(build) {
    const filter = /[\\/]@aws-sdk[\\/]client-dynamodb[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
    build.onLoad({ filter }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, name) =>
        ERRORS_OF_ITEMS.has(name) ? line : '',
      );
      return { contents, loader: 'js' };
    });
  },
};

/**
 * The SDK looks for missing settings in ~/.aws/config and ~/.aws/credentials. A function has neither, and this loads two modules
 * of Node.js.
 */
const unusedConfigFiles = {
  name: 'unused-config-files',
  setup(build) {
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]loadSharedConfigFiles\.js$/ }, ({ path }) => {
      const contents = `export { CONFIG_PREFIX_SEPARATOR } from './constants';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`;
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

/** The SDK makes its ids with the Web Crypto API, which Node.js loads at the first use. */
const unusedWebCrypto = {
  name: 'unused-web-crypto',
  setup(build) {
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]uuid[\\/]v4\.js$/ }, () => {
      const contents = `import { randomUUID } from 'node:crypto'; export const bindV4 = () => () => randomUUID();`;
      return { contents, loader: 'js' };
    });
  },
};

/**
 * The SDK checks whether a reply has a type of browsers, and this check makes Node.js load these classes. Our requests and
 * replies are streams of Node.js.
 */
const unusedGlobals = {
  name: 'unused-globals',
  setup({ initialOptions }) {
    const unused = ['ReadableStream', 'Blob'].map((name) => [name, 'undefined']);
    initialOptions.define = { ...initialOptions.define, ...Object.fromEntries(unused) };
  },
};

/**
 * An import of `node:http` reads every member that the module has, and some of them load a second HTTP client: 20 ms of a cold
 * start on Node.js 24. `require` reads none. And a module of Node.js is loaded when the first of its members is used, not when
 * it is imported: the first answer needs few of them.
 */
const builtinsByRequire = {
  name: 'builtins-by-require',
  setup(build) {
    const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    build.initialOptions.banner = { js };
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      KINDS_OF_IMPORT.has(kind) && isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => {
      return { contents: whenUsed(`require(${JSON.stringify(path)})`), loader: 'js' };
    });
  },
};

const KINDS_OF_IMPORT = new Set(['import-statement', 'dynamic-import']);

/** esbuild takes names of a module from its prototype. A module may be a function, as node:events is. */
const whenUsed = (loading) => `
  let loaded;
  const load = () => (loaded ??= ${loading});
  const lazy = new Proxy(function () {}, {
    get: (_, name) => (name === '__esModule' ? undefined : load()[name]),
    getPrototypeOf: () => lazy,
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    construct: (_, args) => Reflect.construct(load(), args),
  });
  module.exports = lazy;`;

module.exports = [
  unusedDocumentParts,
  unusedPackageParts,
  unusedPrototypes,
  unusedChecksum,
  unusedErrors,
  unusedConfigFiles,
  unusedWebCrypto,
  unusedGlobals,
  builtinsByRequire,
];
