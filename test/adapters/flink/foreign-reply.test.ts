/** Whose reply it is: Flink's own errors are a list of texts, and everything else is a proxy's or a stranger's. */
import { describe, expect, it } from 'vitest';
import { foreignReply, isFlinkError } from '../../../lib/adapters/flink/foreign-reply.ts';

describe('a failed reply', () => {
  it.each([
    '{"errors":["Not found: /v1/x"]}',
    '{"errors":[]}',
    ' \n{ "errors" : [ "Internal server error.", "<Exception',
    '{\n  "errors" : [\n    "a"',
    '\t{\t"errors"\t:\t[\t]\t}',
  ])('%j is of Flink', (text) => {
    expect(isFlinkError({ status: 500, text })).toBe(true);
  });

  it.each([
    ...['', '<html>502</html>', '[]', '"errors":["a"]', '{"error":"a"}', '{"errors":"a"}', '{"errors":[{"code":1}]}'],
    ...['{"errors":[1]}', '{"a":1,"errors":["a"]}', 'x {"errors":["a"]}', '[{"errors":["a"]}]', '{"x"errors":["a"]}'],
    ...['{"errors"x:["a"]}', '{"errors":x["a"]}', '{"errors":[x"a"]}'],
  ])('%j is not', (text) => {
    expect(isFlinkError({ status: 500, text })).toBe(false);
  });

  it.each([
    [502, ': a proxy says that the JobManager is out of service. Try again.'],
    [503, ': a proxy says that the JobManager is out of service. Try again.'],
    [504, ': a proxy says that the JobManager is out of service. Try again.'],
    [500, ', which is not the JobManager. Check its address.'],
    [404, ', which is not the JobManager. Check its address.'],
    [501, ', which is not the JobManager. Check its address.'],
  ])('with status %i that is not of Flink says so', (status, end) => {
    const { code, message } = foreignReply('http://jm:8081', { status, text: '' }, 'the JobManager');
    expect([code, message]).toEqual(['flink.protocol', `http://jm:8081 answered HTTP ${status}${end}`]);
  });
});
