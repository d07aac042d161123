/** What a run hides is in no message made of Flink's words, however short it is and wherever Flink quotes it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployError, gatewayError } from '../../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';
import { replyText } from '../../../lib/adapters/flink/job-manager-reply.ts';
import { infoSchema, readAs } from '../../../lib/adapters/flink/wire.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { maskCells } from '../../../lib/domain/results/mask-cells.ts';
import { type Redaction, redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { shownStatement } from '../../../lib/domain/secrets/sensitive-ranges.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const MARK = 'pLaNtEd-pLaNtEd';
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

interface Plant {
  readonly hidden: Redaction;
  readonly statement: string;
}

function bodyOf(statement: string, request: Record<string, string>, secret: string | null): Plant {
  const variables = secret === null ? [] : [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }];
  const target = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
  const nothing = { clusterConfiguration: null, envTask: null, databases: [], flinkConfig: {} };
  const asked = { variables: request, savePointPath: null };
  const task = aTask({ statement, fragment: true });
  const body = prepareRun({ task, target, variables, ...nothing, request: asked }).bodyFor('jm:8081');
  const { statement: text, plan } = body;
  return {
    hidden: redactionFor(body, secret === null ? {} : { pw: secret }),
    statement: shownStatement(text, plan.sensitive),
  };
}

const table = (key: string, value: string): string =>
  `CREATE TEMPORARY TABLE s (a INT) WITH ('connector' = 'm', '${key}' = ${value}); INSERT INTO t SELECT a FROM s`;

/** How a value comes into a statement. `key` is the option that it stands in. */
const PLANTS: Readonly<Record<string, (value: string) => Plant & { readonly key: string }>> = {
  'as an option': (value) => ({ key: 'db.password', ...bodyOf(table('db.password', literal(value)), {}, null) }),
  'as a secret in an option of any name': (value) => ({ key: 'pin', ...bodyOf(table('pin', "'${pw}'"), {}, value) }),
  'as a variable of the request': (value) => ({
    key: 'pin',
    ...bodyOf(table('pin', "'${api_token}'"), { api_token: value }, null),
  }),
};

/** As Flink prints the options of a table, a catalog, a statement or a literal of it. */
const SHAPES: Readonly<Record<string, (key: string, value: string) => string>> = {
  'a table of options': (key, value) => `Table options are:\n\n'connector'='m'\n'${key}'=${literal(value)}`,
  'a map': (key, value) => `CREATE CATALOG: (catalogName: [c], properties: [{${key}=${value}, type=m}])`,
  'the end of a map': (key, value) => `CREATE CATALOG: (catalogName: [c], properties: [{type=m, ${key}=${value}}])`,
  'an unreadable option': (key, value) => `Could not parse value '${value}' for key '${key}'.`,
  'a token': (_key, value) => `SQL parse failed. Encountered "${literal(value)}" at line 1, column 5.`,
  'a quoted text': (_key, value) => `For input string: ${JSON.stringify(value)}`,
  'quoted SQL behind a comment': (key, value) => `at CREATE TABLE s ( -- don't\n  '${key}' ^=^ ${literal(value)}\n)`,
  JSON: (key, value) => `no such ${JSON.stringify({ [key]: value })}`,
};

/** As drivers and services say it: as a word of a sentence, without its key. */
const SENTENCES: Readonly<Record<string, (value: string) => string>> = {
  'the end of a sentence': (value) => `FATAL: u1 could not log on with ${value}`,
  'in the middle of one': (value) => `the server did not take ${value} from u1`,
  'behind a user': (value) => `rejected u1:${value}@h1:3306`,
  'in brackets': (value) => `rejected [u1, ${value}] (${value})`,
};

const FRAMES = '\tat a.b.C.d(C.java:1)\n\t... 7 more';
const asErrors = (text: string): string => JSON.stringify({ errors: ['Internal server error.', text] });
const trace = (text: string): string =>
  `<Exception on server side:\na.b.SqlGatewayException: Failed.\n${FRAMES}\nCaused by: a.b.ValidationException: ${text}\n${FRAMES}\nEnd of exception on server side>`;

const thrown = (read: () => unknown): AppError => {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was thrown');
};

const READERS: Readonly<Record<string, (text: string) => AppError>> = {
  'the gateway': (text) => gatewayError(asErrors(trace(text))),
  'a deployment': (text) => deployError(500, asErrors(trace(text))),
  'a refusal by Kubernetes': (text) =>
    deployError(500, asErrors(`Failure executing: POST at: x/deployments. Message: ${text.replaceAll('\n', ' ')}. Received status: Status(code=403)`)), // prettier-ignore
  'a jar': (text) => jarRunError(asErrors(trace(text))),
  'main()': (text) => jarRunError(asErrors(`a.b.C: Could not execute application.\n${FRAMES}\nCaused by: a.b.C: ${text}\n${FRAMES}`)), // prettier-ignore
  'a JobManager': (text) => thrown(() => replyText({ status: 500, text: asErrors(trace(text)) }, 'jm:8081', [200])),
  'no Flink': (text) => thrown(() => readAs(infoSchema, text, 'gw')),
};

/** Signs alone are words between blanks, and numbers below 100 are no words that are looked for. */
const isWord = (value: string): boolean => /[qzQZ]/.test(value) || /^\d{3,}$/.test(value);

const ALPHABET = Array.from('qzQZ7%!~#');
const MARKS = Array.from(`'"\\ ,;=&{}()$:@/`);
const plain = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: 40 });
const strange = fc
  .tuple(
    fc.constantFrom('q', 'Z7'),
    fc.string({ unit: fc.constantFrom(...ALPHABET, ...MARKS), maxLength: 36 }),
    fc.constantFrom('', 'z!'),
  ) // prettier-ignore
  .map((parts) => parts.join(''));
const LONG = 7_900;
/** Moves the value over the places at which texts are cut. */
const filler = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 850, max: 1_010 }).map((length) => '- '.repeat(length / 2)),
  fc.integer({ min: LONG, max: 8_010 }).map((length) => '- '.repeat(length / 2)),
);

/** A task is refused whose text has a ${…} without a value or without a name: then there is nothing to tell. */
function isRefused(plant: (value: string) => unknown, value: string): boolean {
  if (!value.includes('${')) return false;
  try {
    plant(value);
    return false;
  } catch (error) {
    if (error instanceof AppError) return true;
    throw error;
  }
}

describe.each(Object.entries(PLANTS))('a value of 1 to 40 characters, planted %s', (_how, plant) => {
  it.each(Object.entries(SHAPES))('is not told in %s', (_shape, print) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(READERS)),
        fc.oneof(plain, strange),
        filler,
        (read, value, before) => {
          fc.pre(!isRefused(plant, value));
          // Such a quote (below) moves the place at which a long line is cut.
          fc.pre(before.length < LONG || !value.includes("'"));
          const tell = (planted: string): string => {
            const { hidden, key } = plant(planted);
            // A quote in a value that Flink has not doubled is taken for one of the quotes around it.
            return hidden.messageOf(read(`${before}${print(key, planted)} and so on`)).replaceAll("'", '');
          };
          const masked = tell(MARK);
          expect(tell(value)).toBe(masked);
          expect(masked).not.toContain('LaNt');
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(Object.entries(SENTENCES))('is not told as a word of its own: %s', (_where, print) => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(READERS)), plain, (read, value) => {
        fc.pre(isWord(value));
        const tell = (planted: string): string => plant(planted).hidden.messageOf(read(`${print(planted)} and so on`));
        const masked = tell(MARK);
        expect(tell(value)).toBe(masked);
        expect(masked).not.toContain('LaNt');
      }),
      { numRuns: 100 },
    );
  });

  it('is not shown in the statement, nor in what Flink tells of it', () => {
    fc.assert(
      fc.property(fc.oneof(plain, strange), (value) => {
        fc.pre(!isRefused(plant, value));
        const show = (planted: string): unknown => {
          const { hidden, key, statement } = plant(planted);
          const create = `CREATE TABLE s (a INT)\nWITH (\n  'connector' = 'm',\n  '${key}' = ${literal(planted)}\n)`;
          const cells = [{ op: '+I', fields: [key, planted] } as const, { op: '+I', fields: ['x', create] } as const];
          return [statement, maskCells(['key', 'value'], cells, hidden.maskWhole)];
        };
        expect(show(value)).toEqual(show(MARK));
        expect(JSON.stringify(show(MARK))).not.toContain('LaNt');
      }),
      { numRuns: 200 },
    );
  });
});

it('that holds what looks like a variable is not told in part', () => {
  const { hidden, statement } = PLANTS['as a variable of the request']!('abcd${efgh}ijkl');
  expect(statement).toContain("'pin' = '******'");
  expect(hidden.mask('no such pin=abcd${efgh}ijkl here')).toBe('no such pin=****** here');
});

describe('a short value', () => {
  const { hidden } = PLANTS['as a secret in an option of any name']!('a');

  it.each([
    ["Table options are:\n'pin'='a'\n'b'='ab'", "Table options are:\n'pin'='${pw}'\n'b'='ab'"],
    ['a map {pin=a, b=ab} and a word', 'a map {pin=${pw}, b=ab} and a word'],
    ['For input string: "a"', 'For input string: "${pw}"'],
  ])('does not take the rest of the text with it: %s', (text, expected) => expect(hidden.mask(text)).toBe(expected));
});
