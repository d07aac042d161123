/** The URL of a JobManager: "host:port", or with a scheme for TLS. */
export function urlOf(address: string): string {
  return /^https?:\/\//.test(address) ? address.replace(/\/+$/, '') : `http://${address}`;
}
