import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './children.ts';
import { StartError } from './start-error.ts';

const POLL_MS = 150;
const TAIL_LINES = 12;

/** Polls until `isReady`. Fails when the time is up, or at once when a process that it needs has ended. */
export async function waitUntil(
  what: string,
  isReady: () => Promise<boolean>,
  { timeoutMs, needs }: { timeoutMs: number; needs: readonly Child[] },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const child of needs) if (!child.running) throw endedEarly(child);
    if (await isReady().catch(() => false)) return;
    if (Date.now() > deadline) throw tooLate(what, timeoutMs, needs);
    await sleep(POLL_MS);
  }
}

/** The JSON of a GET, or undefined for anything but a 2xx answer in time. */
export async function getJson(url: string, timeoutMs = 3_000): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

export function lastLines(file: string, count = TAIL_LINES): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}

function endedEarly(child: Child): StartError {
  return new StartError(withLog(`${child.name} ended while starting (${child.howEnded}).`, child));
}

function tooLate(what: string, timeoutMs: number, needs: readonly Child[]): StartError {
  const line = `${what} was not ready after ${timeoutMs / 1000} s.`;
  const [first] = needs;
  return new StartError(first ? withLog(line, first) : line);
}

function withLog(line: string, { logFile }: Child): string {
  const tail = lastLines(logFile).map((text) => `  ${text}`);
  return [`${line} Its log, ${logFile}, ends with:`, ...tail].join('\n');
}
