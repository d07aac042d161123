import { shownAddress } from '../secrets/shown-address.ts';
import { hostsSizeProblem } from './address-size.ts';

/** "host:port[,host:port...]", each with an optional "https://"; an IPv6 address is in brackets. */
const HOST_PORT = /^(?:https:\/\/)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?):(\d{1,5})$/;

function isHostPort(text: string): boolean {
  const port = Number(HOST_PORT.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

/** Null if every address is valid; else names the invalid one. */
export function hostsProblem(hosts: string): string | null {
  const wrong = hosts
    .split(',')
    .map((host) => host.trim())
    .find((host) => !isHostPort(host));
  if (wrong === undefined) return hostsSizeProblem(hosts);
  return `"${shownAddress(wrong)}" is not host:port; write the JobManager's REST address as "flink.example.com:8081", several separated by commas.`;
}
