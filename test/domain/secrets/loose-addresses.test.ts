/** Credentials in what is no whole address. */
import { describe, expect, it } from 'vitest';
import { looseAddressSpans } from '../../../lib/domain/secrets/loose-addresses.ts';
import { maskSecrets, maskValue } from '../../../lib/domain/secrets/mask-sql.ts';
import { MASK as M } from '../../../lib/domain/secrets/text-spans.ts';

const hidden = (text: string): string[] => looseAddressSpans(text).map(({ start, end }) => text.slice(start, end));

describe('an address without a scheme', () => {
  it.each([
    ['u:hush@db.example.com', 'hush'],
    ['u:hush@db.example.com:3306/shop', 'hush'],
    ['u:hush@localhost', 'hush'],
    ['u:hush@10.1.2.3', 'hush'],
    ['u:hush@[::1]:5432', 'hush'],
    ['u:hush@db:3306', 'hush'],
    ['at u.v-w$:hu%sh#1@db:3306, then', 'hu%sh#1'],
    ['"u:hush@db:3306"', 'hush'],
    ['u:hush@a.de,v:hash@b.de', 'hush'],
    ['tomcat:hush@db:3306', 'hush'],
    ['Malformed URL me:hush@h', 'hush'],
    ['Malformed URL u:hush@h', 'hush'],
    ['Invalid userinfo: u:hush@h', 'hush'],
    ['bad address "u:hush@h"', 'hush'],
    ['the authority u:hush@h', 'hush'],
  ])('shows no password: %s', (text, secret) => {
    expect(hidden(text)[0]).toBe(secret);
    expect(maskSecrets(text)).not.toContain(secret);
    expect(maskValue(text)).not.toContain(secret);
  });

  it.each([
    'u:hush@h',
    'mailto:me@example.com',
    'contact-email:me@example.com',
    'Reply-To:me@example.com',
    'scm:git:git@github.com:apache/flink.git',
    'git:git@github.com',
    'principal:flink/h@EXAMPLE.COM',
    'principal:flink@EXAMPLE.COM',
    'flink:2.3@sha256:0123456789abcdef0123',
    'Source:org.apache.flink.Foo@1a2b3c4d',
    'value:java.lang.Object@6d06d69c',
    'akka://flink@127.0.0.1:6123/user',
    'at 12:30@a.de',
    'a/b:c@d.de',
    'a:b/c@d.de',
    'a: b@d.de',
    'a:b@d.',
    'zone GMT:x@y',
    'address: jm:6123',
    'the address u@h',
  ])('that has none stays: %s', (text) => expect(hidden(text)).toEqual([]));
});

describe('an address within another one', () => {
  it.each([
    ['https%3A%2F%2Fu%3Ahush%40h%2Fx', ['hush']],
    ['https%3a%2f%2fu%3ahush%40h', ['hush']],
    ['?to=jdbc%3Amysql%3A%2F%2Fu%3Ahu%252Fsh%40h%26x', ['hu%252Fsh']],
    ['?to=redis%3A%2F%2F%3Ahush%40h', ['hush']],
    ['https%3A%2F%2Fh%3A8080%2Fa%40b', []],
    ['https%3A%2F%2Fu%40h', []],
    ['u%3Aseen%40h', []],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));

  it.each([
    [String.raw`{"url":"https:\/\/u:hush@h\/x"}`, String.raw`{"url":"https:\/\/u:${M}@h\/x"}`],
    [String.raw`{"url":"https:\/\/hush@h\/x"}`, String.raw`{"url":"https:\/\/${M}@h\/x"}`],
    [String.raw`{"url":"https:\/\/h:8081\/x@y"}`, String.raw`{"url":"https:\/\/h:8081\/x@y"}`],
  ])('with the slashes of JSON: %s', (text, expected) => expect(maskSecrets(text)).toBe(expected));
});

describe('a part of an address', () => {
  it.each([
    ['java.net.UnknownHostException: sh#1@h: Name or service not known', ['sh#1']],
    ['Could not resolve hostname sh#1@h', ['sh#1']],
    ['unknown host: sh#1@h', ['sh#1']],
    ['unknown host sh#1@h', ['sh#1']],
    ['Could not resolve sh#1@h', ['sh#1']],
    ['Could not resolve host sh#1@h', ['sh#1']],
    ['invalid port sh1@h', ['sh1']],
    ['Invalid hostname: sh1@h', ['sh1']],
    ['invalid port: sh1@h', ['sh1']],
    ['For input string: "hush@h:3306"', ['hush']],
    ['java.net.UnknownHostException: kafka-1', []],
    ['For input string: "hush"', []],
    ['For input string: "hush" of a@b', []],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));
});

describe('an address of a form of its own', () => {
  it.each([
    ['jdbc:cubrid:db:30000:shop:u:hush:', ['hush']],
    ['jdbc:cubrid:db:30000:shop:u:hush:?charset=UTF-8', ['hush']],
    ['jdbc:cubrid-mysql:db:30000:shop:u:hush:', ['hush']],
    ['jdbc:cubrid:db:30000:shop:::', []],
    ['jdbc:cubrid:db:30000:shop', []],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));
});

describe('a ^ in an address', () => {
  it.each([
    ['redis://u:hu^sh@h', `redis://u:${M}@h`],
    ['redis://^u:hush@h', `redis://^u:${M}@h`],
    ["^'redis://h'^ is no u@h", "^'redis://h'^ is no u@h"],
    ['^redis://h:1^ a:b@c', '^redis://h:1^ a:b@c'],
  ])('may be one of its signs, or a mark of Flink: %s', (text, expected) => expect(maskSecrets(text)).toBe(expected));
});
