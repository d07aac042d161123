const TIMES = 3;

/** Computing time of this process in ms, the least of three times: a busy machine makes a test wait, not work. */
export function cpuMs(work: () => void): number {
  const times = Array.from({ length: TIMES }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}
