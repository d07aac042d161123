/** A slot -> the function `scheduled` of the local stack, as EventBridge Scheduler sends it. */
import type { AskedSlot } from '../lib/domain/schedule/plan-slot.ts';

/** Longer than the function may take. */
const ANSWER_MS = 40_000;

export async function deliverSlot(functionUrl: string, { taskId, schedule, at }: AskedSlot): Promise<void> {
  const reply = await fetch(functionUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ taskId, schedule, scheduledTime: new Date(at).toISOString() }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await reply.text();
  const said = readAnswer(text);
  if (said.errorMessage !== undefined) throw new Error(said.errorMessage);
  if (!reply.ok) throw new Error(`the function answered ${reply.status}`);
}

function readAnswer(text: string): { readonly errorMessage?: string } {
  try {
    return (JSON.parse(text) ?? {}) as { readonly errorMessage?: string };
  } catch {
    // Any error: what is no JSON says nothing about the slot.
    return {};
  }
}
