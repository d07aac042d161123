import { describe, expect, it } from 'vitest';
import { readJavaVersion } from '../../local/java.ts';
import { readOptions } from '../../local/options.ts';

describe('options of npm start', () => {
  it('has the ports people expect', () => {
    expect(readOptions([])).toMatchObject({
      auth: 'none',
      adhoc: false,
      port: 8888,
      dynamodb: { port: 8000 },
      flink: { version: '2.3.0', restPort: 8081, gatewayPort: 8083 },
    });
  });

  it('takes a Flink and a DynamoDB that run already', () => {
    const args = ['--flink-rest', 'http://a:8081/', '--sql-gateway', 'http://a:8083', '--dynamodb', 'http://b:8000'];
    expect(readOptions(args)).toMatchObject({
      flink: { restUrl: 'http://a:8081', gatewayUrl: 'http://a:8083' },
      dynamodb: { url: 'http://b:8000' },
    });
  });

  it('takes a stack that asks for keys', () => {
    expect(readOptions(['--auth', 'keys'])).toMatchObject({ auth: 'keys' });
  });

  it('takes a stack that runs what it is sent', () => {
    expect(readOptions(['--adhoc'])).toMatchObject({ auth: 'none', adhoc: true });
  });

  it('knows help', () => {
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--flnk'], /Unknown option '--flnk'\. See npm start -- --help$/],
    [['--port'], /--port/],
    [['--port', 'x'], /^--port x: a port is a number from 1 to 65535\.$/],
    [['--port', '70000'], /^--port 70000/],
    [['--auth', 'jwt'], /^--auth jwt: write none or keys\.$/],
    [['extra'], /Unexpected argument 'extra'/],
    [['--flink-rest', 'http://a:1'], /together/],
    [['--dynamodb', 'b:8000'], /^--dynamodb b:8000: write a URL/],
  ])('refuses %j in one line', (args, text) => {
    expect(() => readOptions(args)).toThrow(text);
    expect(() => readOptions(args)).toThrow(/^[^\n]*$/);
  });

  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['nothing', undefined],
  ])('reads the Java version of %s', (text, version) => {
    expect(readJavaVersion(text)).toBe(version);
  });
});
