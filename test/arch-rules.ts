/**
 * The rooms and the arrows between them (docs: "The rooms"), as one function from files to complaints. It reads every
 * kind of import: values, types, `export … from`, `import()`, `import('…').T`, `require`.
 */
import { posix } from 'node:path';
import ts from 'typescript';

/** Path from the repository's root -> text. */
export type Files = Readonly<Record<string, string>>;

/** What a room may import: other rooms (its own always, unless `alone`), and things from outside. */
interface Room {
  readonly rooms: readonly string[];
  readonly outside: 'nothing' | 'all' | readonly string[];
}

const LIB = ['http', 'app', 'config', 'usecases', 'domain', 'adapters'];

const ROOMS: Readonly<Record<string, Room>> = {
  handlers: { rooms: ['http', 'app'], outside: ['aws-lambda'] },
  http: { rooms: ['domain'], outside: ['aws-lambda', 'valibot', 'node:'] },
  app: { rooms: ['usecases', 'adapters', 'domain', 'config'], outside: ['node:'] },
  config: { rooms: ['domain'], outside: ['valibot', 'node:'] },
  usecases: { rooms: ['domain'], outside: 'nothing' },
  domain: { rooms: [], outside: 'nothing' },
  adapters: { rooms: ['domain'], outside: 'all' },
  cli: { rooms: LIB, outside: 'all' },
  local: { rooms: [...LIB, 'handlers', 'cli'], outside: 'all' },
  bench: { rooms: [...LIB, 'handlers', 'cli', 'local', 'test'], outside: 'all' },
};

/** Rooms within the domain and the use cases, and which of the others each may import. */
const INNER_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  domain: {
    access: [],
    sql: [],
    secrets: ['sql'],
    definition: ['access', 'secrets', 'sql'],
    options: ['definition', 'secrets', 'sql'],
    schedule: ['definition'],
    variables: ['definition', 'secrets', 'sql'],
    plan: ['definition', 'options', 'secrets', 'sql', 'variables'],
    explain: ['definition', 'options', 'plan', 'secrets', 'sql', 'variables'],
    lineage: [],
    results: ['secrets', 'sql'],
    run: ['access', 'definition', 'options', 'plan', 'results', 'secrets', 'sql'],
  },
  usecases: {
    waiting: [],
    access: ['waiting'],
    connect: ['waiting'],
    explain: ['connect', 'waiting'],
    record: ['connect', 'waiting'],
    send: ['connect', 'record', 'waiting'],
    reconcile: ['connect', 'record', 'send', 'stop', 'waiting'],
    stop: ['record', 'waiting'],
    submit: ['connect', 'record', 'send', 'waiting'],
    restart: ['connect', 'explain', 'record', 'stop', 'submit', 'waiting'],
  },
};

/** Files beside the inner rooms that every inner room may import; the others beside them import the rooms. */
const BELOW_ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: ['errors', 'limits', 'time', 'log-level', 'cut-text', 'once', 'stands-in', 'suggest'],
  usecases: [],
};

/** The one part of the adapters that the others may import. */
const BELOW_ADAPTERS = 'adapters/sign-aws';

interface Place {
  readonly room: string;
  /** What a room's own files may import without asking: for adapters the one adapter, else the room. */
  readonly part: string;
  /** Of the domain and the use cases: the inner room, or the file beside the inner rooms. */
  readonly inner: string;
}

function placeOf(path: string): Place | undefined {
  const [top = '', second = '', third = ''] = path.split('/');
  if (top !== 'lib') return top in ROOMS || top === 'test' ? { room: top, part: top, inner: '' } : undefined;
  const name = second.replace(/\.\w+$/, '');
  if (!LIB.includes(name)) return undefined;
  const inner = third.replace(/\.\w+$/, '');
  return { room: name, part: name === 'adapters' ? `adapters/${inner}` : name, inner };
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The specifier of an import-like node; null when it is computed, undefined when the node imports nothing. */
function specifierOf(node: ts.Node): string | null | undefined {
  const literal = (expression: ts.Node | undefined) =>
    expression && ts.isStringLiteralLike(expression) ? expression.text : null;
  if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier ? literal(node.moduleSpecifier) : undefined;
  if (ts.isExternalModuleReference(node)) return literal(node.expression);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : null;
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const imports = callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
  return imports ? literal(node.arguments[0]) : undefined;
}

/** Every specifier a file imports from, with null for one that is computed. */
export function importsOf(path: string, text: string): (string | null)[] {
  const found: (string | null)[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push(specifier);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

const isExported = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;

/** A file that has exports and declares nothing: everything in it comes from elsewhere. */
function isBarrel(path: string, text: string): boolean {
  if (/(^|\/)index\.\w+$/.test(path)) return true;
  const { statements } = parse(path, text);
  const onlyPassesOn = statements.every(
    (statement) =>
      !isExported(statement) &&
      (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)),
  );
  return onlyPassesOn && statements.some((s) => ts.isExportDeclaration(s) || ts.isExportAssignment(s));
}

function checkNames(path: string): string[] {
  const drawer = path
    .split('/')
    .flatMap((segment) => segment.replace(/\.\w+$/, '').split(/[-.]/))
    .find((word) => /^(utils?|helpers?|common|misc|shared)$/i.test(word));
  return drawer ? [`${path}: "${drawer}" names no thing; say what is in it`] : [];
}

function checkOutside(path: string, { room }: Place, specifier: string): string[] {
  const allowed = ROOMS[room]?.outside ?? 'all';
  if (allowed === 'all') return [];
  const fits = (name: string) => specifier === name || (name.endsWith(':') && specifier.startsWith(name));
  return allowed !== 'nothing' && allowed.some(fits) ? [] : [`${path}: ${room} may not import ${specifier}`];
}

function checkArrow(path: string, from: Place, specifier: string, target: string): string[] {
  const to = placeOf(target);
  if (!to) return [`${path}: imports ${specifier}, which is in no room`];
  if (from.room === to.room && from.room in INNER_ROOMS) return checkInnerArrow(path, from, specifier, to);
  if (from.part === to.part || ROOMS[from.room]?.rooms.includes(to.room)) return [];
  if (from.room === 'adapters' && to.part === BELOW_ADAPTERS) return [];
  return [`${path}: ${from.part} may not import ${to.part} (${specifier})`];
}

function checkInnerArrow(path: string, from: Place, specifier: string, to: Place): string[] {
  const isBelow = BELOW_ROOMS[to.room]?.includes(to.inner) === true;
  if (from.inner === to.inner || isBelow || mayImport(from, to)) return [];
  return [`${path}: ${from.room}/${from.inner} may not import ${to.room}/${to.inner} (${specifier})`];
}

function mayImport(from: Place, to: Place): boolean {
  const allowed = INNER_ROOMS[from.room]?.[from.inner];
  if (allowed !== undefined) return allowed.includes(to.inner);
  // Beside the rooms: stories, ports and answers are made of what the rooms hold.
  return BELOW_ROOMS[from.room]?.includes(from.inner) !== true;
}

const resolve = (path: string, specifier: string) => posix.normalize(posix.join(posix.dirname(path), specifier));

/** What it imports is built from files that have their own place here. */
const IMPORTS_WHAT_IT_BUILDS = 'bench/bundled.ts';
/** Built from files that have their own place. */
const BUNDLE = 'dist/dinghy.mjs';

function checkImport(path: string, from: Place, specifier: string | null): string[] {
  if (specifier === null && path === IMPORTS_WHAT_IT_BUILDS) return [];
  if (specifier === null) return [`${path}: imports a computed path, which nobody can check`];
  if (!specifier.startsWith('.')) return checkOutside(path, from, specifier);
  if (resolve(path, specifier) === BUNDLE) return [];
  return checkArrow(path, from, specifier, resolve(path, specifier));
}

/** A folder of the domain or the use cases that has no row above. */
function checkInnerRoom(path: string, { room, inner }: Place): string[] {
  const isFolder = path.split('/').length > 3;
  return room in INNER_ROOMS && isFolder && INNER_ROOMS[room]?.[inner] === undefined
    ? [`${path}: ${room}/${inner} is no room; give it a row in test/arch-rules.ts`]
    : [];
}

function checkFile(path: string, text: string): string[] {
  const place = placeOf(path);
  if (!place) return [`${path}: is in no room`];
  return [
    ...checkNames(path),
    ...checkInnerRoom(path, place),
    ...(isBarrel(path, text) ? [`${path}: is a barrel; import from where things are`] : []),
    ...importsOf(path, text).flatMap((specifier) => checkImport(path, place, specifier)),
  ];
}

/** The first cycle found from each file, said once, from its alphabetically first file. */
function findCycles(files: Files): string[] {
  const edges = new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      importsOf(path, text)
        .filter((specifier) => specifier?.startsWith('.'))
        .map((specifier) => resolve(path, specifier ?? ''))
        .filter((target) => target in files),
    ]),
  );
  const done = new Set<string>();
  const cycles = new Set<string>();
  const walk = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const ring = trail.slice(start);
      const first = ring.indexOf([...ring].sort()[0] ?? path);
      const turned = [...ring.slice(first), ...ring.slice(0, first)];
      cycles.add(`cycle: ${[...turned, turned[0]].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const target of edges.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return [...cycles];
}

/** Everything that is wrong with these files, one line each. */
export function checkArchitecture(files: Files): string[] {
  return [...Object.entries(files).flatMap(([path, text]) => checkFile(path, text)), ...findCycles(files)];
}
