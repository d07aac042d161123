/**
 * Every operation of the OpenAPI document is driven with values that its parameters may have, and with others. Whatever comes,
 * the answer is the envelope; a value of another kind is refused by the name of its parameter. No Flink is there to answer.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, OPERATIONS, type Parameter } from '../../lib/http/openapi/operations.ts';
import type { HttpHandler } from '../../lib/http/route.ts';
import { servedRoute } from '../../lib/http/served.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

const RUNS = 40;
const NOBODY = '127.0.0.1:9';

let bed: Bed;
beforeAll(async () => {
  bed = await startBed({ ADHOC: 'true', SQL_GATEWAY_URL: `http://${NOBODY}`, FLINK_REST: NOBODY });
  await bed.putTask(aTask({ id: 1 }));
});
afterAll(() => bed.stop());

type Values = Readonly<Record<string, unknown>>;

const operations = Object.entries(OPERATIONS).filter(([, { bare }]) => bare !== true);

async function ask(name: string, operation: Operation, values: Values): Promise<Envelope> {
  const [method = '', template = ''] = name.split(' ');
  const path = template.replace('{id}', encodeURIComponent(textOf(values['id'])));
  const inBody = method === 'POST' && operation.query !== true;
  const entries = Object.entries(values).filter(([key]) => !template.includes(`{${key}}`));
  const query = new URLSearchParams(entries.map(([key, value]): [string, string] => [key, textOf(value)])).toString();
  const { handler } = (await import(`../../handlers/${servedRoute(template)!.function}.ts`)) as {
    handler: HttpHandler;
  };
  return await callHandler(handler, inBody ? { method, path, body: JSON.stringify(values) } : { method, path, query });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

/** Values that a parameter of this schema may have. */
function valid({ schema }: Parameter): fc.Arbitrary<unknown> {
  const { examples, pattern, maximum = 100 } = schema as { examples?: unknown[]; pattern?: string; maximum?: number };
  if (examples !== undefined) return fc.constantFrom(...examples);
  if (pattern?.includes('a-f') === true) return fc.stringMatching(/^[0-9a-f]{32}$/);
  // Few, so that they belong to something now and then; and the bounds.
  if (pattern !== undefined) return fc.constantFrom(1, '1', 2, String(maximum), maximum);
  return fc.constantFrom('', 'a text', 's3://bucket/savepoint');
}

/** Values that it may not have, and that say so by their name. Texts may be anything. */
function invalid({ schema }: Parameter): fc.Arbitrary<unknown> | null {
  const { type, pattern } = schema as { type: unknown; pattern?: string };
  if (pattern !== undefined) return fc.constantFrom('abc', '-5', '1.5', '1e3', '99999999999', ' 1', '0x1', 'null');
  if (Array.isArray(type) && type.includes('boolean')) return fc.constantFrom('maybe', '2', 'ja', 'truee');
  return null;
}

/** One parameter may stand in for another: each by itself. */
function allValid(parameters: readonly Parameter[]): fc.Arbitrary<Values> {
  const usual = recordOf(parameters.filter(({ insteadOf }) => insteadOf === undefined));
  const other = parameters.find(({ insteadOf }) => insteadOf !== undefined);
  if (other === undefined) return usual;
  const instead = parameters.filter(({ name }) => name !== other.insteadOf);
  return fc.oneof(usual, recordOf(instead.map((one) => (one === other ? { ...one, required: true } : one))));
}

function recordOf(parameters: readonly Parameter[]): fc.Arbitrary<Values> {
  const model = Object.fromEntries(parameters.map((one) => [one.name, valid(one)]));
  const requiredKeys = parameters.filter(({ required }) => required === true).map(({ name }) => name);
  return fc.record(model, { requiredKeys });
}

describe.each(operations)('%s', (name, operation) => {
  it('is not refused for a value that it may have', async () => {
    await fc.assert(
      fc.asyncProperty(allValid(operation.parameters), async (values) => {
        const { msg, code } = await ask(name, operation, values);
        // A page can lie behind the end of what is listed.
        if (code === 1) expect(msg).not.toMatch(/^The parameter "(?!type" is "")/);
      }),
      { numRuns: RUNS },
    );
  });

  const standIns = operation.parameters.filter(({ insteadOf }) => insteadOf !== undefined);
  const wrong = operation.parameters.flatMap((one) => {
    const values = invalid(one);
    return values === null ? [] : [{ parameter: one.name, values, isStandIn: standIns.includes(one) }];
  });
  it.each(wrong)('refuses a bad $parameter by its name', async ({ parameter, values, isStandIn }) => {
    const [standIn] = standIns;
    const isBeside = (one: Parameter): boolean =>
      isStandIn ? one.name !== standIn?.insteadOf : !standIns.includes(one);
    await fc.assert(
      fc.asyncProperty(recordOf(operation.parameters.filter(isBeside)), values, async (good, bad) => {
        const answer = await ask(name, operation, { ...good, [parameter]: bad });
        expect(answer).toMatchObject({ code: 1, success: false, data: null });
        expect(answer.msg).toContain(`"${parameter}"`);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(operation.parameters.filter(({ required }) => required === true))(
    'asks for $name',
    async ({ name: missing }) => {
      if (name.includes(`{${missing}}`)) return;
      const [values] = fc.sample(recordOf(operation.parameters.filter((one) => !standIns.includes(one))), 1);
      const { [missing]: _left, ...others } = values!;
      expect((await ask(name, operation, others)).msg).toContain(`"${missing}"`);
    },
  );
});

describe.each(operations.filter(([name]) => name.startsWith('POST')))('%s', (name, operation) => {
  it('answers any JSON in the envelope', async () => {
    const [method = '', path = ''] = name.split(' ');
    const { handler } = (await import(`../../handlers/${servedRoute(path)!.function}.ts`)) as { handler: HttpHandler };
    const names = operation.parameters.map((one) => one.name);
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record(Object.fromEntries(names.map((one) => [one, fc.jsonValue()]))).map((v) => JSON.stringify(v)),
    );
    // callHandler checks the envelope.
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        await callHandler(handler, { method, path, body: text });
      }),
      {
        numRuns: RUNS,
      },
    );
  });
});
