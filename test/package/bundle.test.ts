/** What the bundles leave out of the SDK changes nothing that the functions look at. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const plugins = createRequire(import.meta.url)('../../serverless/lambda-bundle.cjs') as Plugin[];

it('an error of DynamoDB is still one of its class', async () => {
  const contents = `
    import { ConditionalCheckFailedException as C, DynamoDBServiceException as D, InternalServerError as I } from '@aws-sdk/client-dynamodb';
    const error = new C({ message: 'no', $metadata: {} });
    console.log([error instanceof C, error instanceof D, error instanceof Error, error instanceof I, Object.getPrototypeOf(error) === C.prototype, error.name].join());`;
  const built = await build({
    ...{ bundle: true, minify: true, format: 'esm', platform: 'node', target: 'node22', write: false },
    ...{ mainFields: ['module', 'main'], plugins, stdin: { contents, resolveDir: ROOT } },
  });
  const code = built.outputFiles[0]!.text;
  expect(code).not.toMatch(/setPrototypeOf\(this,\w+\.prototype\).{0,80}ConditionalCheckFailed/);
  const { stdout } = spawnSync(process.execPath, ['--input-type=module'], { input: code, encoding: 'utf8' });
  expect(stdout.trim()).toBe('true,true,true,false,true,ConditionalCheckFailedException');
});
