/** What restartTask and its kin read of a call. */
import { describe, expect, it } from 'vitest';
import { restartRoute } from '../../lib/http/restart-route.ts';
import { thrownAppError } from '../builders/app-error-of.ts';

const parse = (query: string, path = 'restartTask') =>
  restartRoute.parse({
    ...{ method: 'GET', path: `/openapi/${path}`, id: 'r', headers: {}, body: '' },
    query: new URLSearchParams(query),
  });

describe('restartTask reads', () => {
  it('a task alone', () => {
    expect(parse('id=7')).toEqual({ taskId: 7, savePointPath: null, variables: {} });
  });

  it('a path and variables, as a submit does', () => {
    expect(parse('id=7&savePointPath=s3%3A%2F%2Fb%2Fsp&variables.api_token=a%26b&variables.x=&other=1')).toEqual({
      taskId: 7,
      savePointPath: 's3://b/sp',
      variables: { api_token: 'a&b', x: '' },
    });
  });

  it('no variable twice, and does not show its values', () => {
    const { message } = thrownAppError(() => parse('id=7&variables.api_token=hush&variables.api_token=hush'));
    expect(message).toMatch(/"variables\.api_token" is given 2 times/);
    expect(message).not.toContain('hush');
  });

  it.each(['selectSavePointRestartTask', 'selectSavePointReOnLineTask'])('a path that %s needs', (path) => {
    expect(thrownAppError(() => parse('id=7', path)).message).toMatch(/"savePointPath" is missing/);
    expect(parse('id=7&savePointPath=x', path)).toMatchObject({ savePointPath: 'x' });
  });
});
