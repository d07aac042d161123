/** One line about an exploration: its bound, and how much of it there was. */
import type { Bound, Exploration } from './explorer.ts';

export function saying(name: string, limits: Bound, { histories, joined, states, steps }: Exploration): string {
  const within = Object.entries(limits).map(([kind, most]) => `${kind} ${most}`);
  const counts = `${histories} histories to the end, ${joined} joined another, ${states} states, ${steps} steps`;
  return `${name} (at most ${within.join(', ')}): ${counts}`;
}
