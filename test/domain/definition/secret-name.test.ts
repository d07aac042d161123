import { describe, expect, it } from 'vitest';
import { readSecretName, secretNameProblem } from '../../../lib/domain/definition/secret-name.ts';

describe('names of secrets', () => {
  it.each([
    ['ssm:/dinghy/prod/pw', { store: 'ssm', name: '/dinghy/prod/pw', field: null }],
    ['secretsmanager:dinghy/prod/db', { store: 'secretsmanager', name: 'dinghy/prod/db', field: null }],
    ['secretsmanager:dinghy/prod/db#password', { store: 'secretsmanager', name: 'dinghy/prod/db', field: 'password' }],
    ['file:pw', { store: 'file', name: 'pw', field: null }],
    ['env:DINGHY_SECRET_PW', { store: 'env', name: 'DINGHY_SECRET_PW', field: null }],
    ['dinghy/prod/pw', { store: 'ssm', name: 'dinghy/prod/pw', field: null }],
  ])('%s', (text, expected) => {
    expect(secretNameProblem(text)).toBeNull();
    expect(readSecretName(text, 'ssm')).toEqual(expected);
  });

  it('without a store mean that of the deployment, with a field where it has fields', () => {
    const inManager = { store: 'secretsmanager', name: 'shop/db', field: 'password' };
    expect(readSecretName('shop/db#password', 'secretsmanager')).toEqual(inManager);
    expect(readSecretName('shop/db#password', 'file')).toEqual({
      store: 'file',
      name: 'shop/db#password',
      field: null,
    });
  });

  it.each([
    ['vault:x', /unknown store "vault".*ssm:/],
    ['arn:aws:ssm:eu-west-1:1:parameter/x', /is an ARN/],
    [':x', /names the unknown store ""/],
    ['ssm:', /no usable name/],
    ['', /no usable name/],
    ['a b', /no usable name/],
    ['ssm:/a#b', /field.*Leave out #b/],
    ['secretsmanager:a#', /empty part/],
    ['secretsmanager:#b', /empty part/],
    ['secretsmanager:a#b#c', /more than one "#"/],
    ['env:AWS_SECRET_ACCESS_KEY', /is not allowed.*DINGHY_SECRET_/],
  ])('%j has a problem', (text, problem) => expect(secretNameProblem(text)).toMatch(problem));

  it('are quoted in what is wrong with them, cut to 200 characters', () => {
    expect(secretNameProblem('vault:x')).toMatch(/^the secret "vault:x" names/);
    expect(secretNameProblem(`a ${'x'.repeat(500)}`)).toContain(`the secret "a ${'x'.repeat(198)}" has`);
  });
});
