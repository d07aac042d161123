import { stringify } from 'yaml';
import { isNumbered, type Kind } from '../lib/domain/definition/kinds.ts';
import { didYouMean } from '../lib/domain/suggest.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { parseKind, SECTION_OF } from './kinds.ts';
import { SINGULAR } from './manifest/draft.ts';
import { maskDefinition } from './mask-definition.ts';
import { readStored, type Stored } from './plan/stored.ts';
import { UsageError } from './usage-error.ts';

export async function show({ positionals: [word = '', wanted = ''], json, io, env, ...where }: Call): Promise<number> {
  const kind = parseKind(word);
  const stored = (await readStored(connect(where, env))).filter((it) => it.kind === kind);
  const { definition, problem } = find(kind, wanted, stored);
  if (!definition) throw new UsageError(problem ?? `${SINGULAR[kind]} ${wanted} cannot be read.`);
  const shown = maskDefinition(definition);
  io.out(json ? JSON.stringify(shown, null, 2) : asManifest(kind, shown));
  return 0;
}

/** A number is an id first, a name second. */
function find(kind: Kind, wanted: string, stored: readonly Stored[]): Stored {
  const byId = isNumbered(kind) ? stored.find(({ id }) => String(id) === wanted) : undefined;
  const found = byId ?? stored.find(({ name }) => name === wanted);
  if (found) return found;
  const hint = didYouMean(wanted, stored.map(({ name }) => name)); // prettier-ignore
  throw new UsageError(`there is no ${SINGULAR[kind]} "${wanted}".${hint} See dinghy list ${SECTION_OF[kind]}.`);
}

/** Can be applied again: the version is a comment, and empty fields are left out. */
function asManifest(kind: Kind, definition: object): string {
  const { version, ...fields } = definition as Record<string, unknown>;
  const written = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const yaml = stringify({ [SECTION_OF[kind]]: [written] }, { lineWidth: 0 });
  return `${typeof version === 'number' ? `# version ${version}\n` : ''}${yaml}`.trimEnd();
}
