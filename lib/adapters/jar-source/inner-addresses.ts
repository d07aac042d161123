/**
 * Which addresses are not the public internet's. Who names a jar must not be able to ask, through Dinghy, what only the
 * network around it may ask: databases, consoles, and the service that hands out the credentials of a machine.
 */
import { BlockList, isIPv6 } from 'node:net';
import { once } from '../../domain/once.ts';

/** [address, bits of its prefix] */
type Range = readonly [string, number];

/** Credentials of machines, in AWS, Azure, Google, Alibaba, Oracle and Scaleway: nobody's jar is there. */
const METADATA: readonly Range[] = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['fd00:c1::a9fe:a9fe', 128],
  ['fd00:42::42', 128],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
];

/** IANA's registry of special IPv4 addresses, and what is no address of one machine. */
const INNER_V4: readonly Range[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
  ] as const),
  ...([
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as const),
  ...([
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
];

/** Only this part of IPv6 is public, */
const PUBLIC_V6: readonly Range[] = [['2000::', 3]];
/** but for these: Teredo and 6to4, which carry IPv4 addresses, and those for documents. */
const INNER_V6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Made for the first jar by URL: most processes never read one, and each would take the time for it at its start. */
const lists = once(() => ({
  metadata: listOf(METADATA),
  inner: listOf([...INNER_V4, ...INNER_V6]),
  publicV6: listOf(PUBLIC_V6),
}));

export type Reach = 'public' | 'inner' | 'metadata';

/** @param address an IPv4 or IPv6 address in any spelling that a resolver gives */
export function reachOf(address: string): Reach {
  const { metadata, inner, publicV6 } = lists();
  const plain = v4Of(address.replace(/%.*$/, ''));
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (metadata.check(plain, family) || leadsToMetadata(plain)) return 'metadata';
  if (inner.check(plain, family)) return 'inner';
  return family === 'ipv4' || publicV6.check(plain, family) ? 'public' : 'inner';
}

/** The IPv4 address that an IPv6 address stands for (::ffff:127.0.0.1, ::ffff:7f00:1, 64:ff9b::7f00:1), or the address itself. */
function v4Of(address: string): string {
  return embeddedV4(address, SAME_AS_V4) ?? address;
}

const SAME_AS_V4 = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]+):([0-9a-f]+)\]$/;
/** Older forms, and the prefixes with which a network leads to IPv4 in its own way: where they go, the IPv4 address goes. */
const LEADS_TO_V4: readonly RegExp[] = [
  /^\[(?:::|::ffff:0:|64:ff9b:1:(?:[0-9a-f]*:)*)([0-9a-f]+):([0-9a-f]+)\]$/,
  /^\[2002:([0-9a-f]+):([0-9a-f]+):.*\]$/,
];

function leadsToMetadata(address: string): boolean {
  if (!isIPv6(address)) return false;
  const inside = LEADS_TO_V4.map((pattern) => embeddedV4(address, pattern));
  return inside.some((one) => one !== null && lists().metadata.check(one, 'ipv4'));
}

function embeddedV4(address: string, pattern: RegExp): string | null {
  if (!isIPv6(address)) return null;
  const [, high, low] = pattern.exec(new URL(`http://[${address}]/`).hostname) ?? [];
  if (high === undefined || low === undefined) return null;
  const bits = (parseInt(high, 16) * 65_536 + parseInt(low, 16)) >>> 0;
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.');
}

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
}
