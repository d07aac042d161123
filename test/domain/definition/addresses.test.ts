/** Addresses of JobManagers: host:port, several with commas; what is wrong is named. */
import { describe, expect, it } from 'vitest';
import { hostsProblem } from '../../../lib/domain/definition/addresses.ts';

/** A name of so many characters, with its port. */
const long = (length: number, letter = 'h'): string => `${letter.repeat(length - 5)}:8081`;

describe('addresses', () => {
  it.each([
    'jm:1',
    'jm:65535',
    'https://jm.example.com:8081',
    '[::1]:8081',
    '10.0.0.1:8081',
    'a:8081,b:8082',
    ' a:8081 , b:8082 ',
    long(267),
    ` ${long(267)} `,
    [long(267), long(265)].join(','),
  ])('can be %s', (hosts) => {
    expect(hostsProblem(hosts)).toBeNull();
  });

  it.each([
    ['jm', 'jm'],
    ['jm:0', 'jm:0'],
    ['jm:65536', 'jm:65536'],
    ['jm:99999', 'jm:99999'],
    ['jm:8081/x', 'jm:8081/x'],
    ['http://jm:8081', 'http://jm:8081'],
    ['a:8081, b ', 'b'],
    ['a:8081,,b:8081', ''],
    ['', ''],
    ['https://me:planted@jm:x', 'https://******@jm:x'],
  ])('can not be "%s", of which "%s" is named', (hosts, named) => {
    expect(hostsProblem(hosts)).toMatch(/ is not host:port; write the JobManager's REST address as /);
    expect(hostsProblem(hosts)?.startsWith(`"${named}" `)).toBe(true);
  });

  it('must be short enough, each and together', () => {
    expect(hostsProblem(`a:1, ${long(268)} `)).toMatch(/^the address "h+…?" has 268 characters \(maximum 267\)/);
    const all = (last: number) => ['a', 'b', 'c'].map((letter) => long(letter === 'c' ? last : 266, letter)).join(',');
    expect(all(266)).toHaveLength(800);
    expect(hostsProblem(all(266))).toBeNull();
    expect(hostsProblem(all(267))).toBe('the addresses have 801 characters (maximum 800); name fewer JobManagers.');
  });
});
