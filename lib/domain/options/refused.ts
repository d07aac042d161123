/** Options that Dinghy fixes for a run with a cluster of its own. Nobody else may set them, and who tries is told. */
const FIXED: readonly { readonly matches: (key: string) => boolean; readonly why: string }[] = [
  { matches: (key) => key === 'execution.target', why: "the task's type says where it runs" },
  { matches: (key) => key === 'kubernetes.cluster-id', why: 'each run gets its own cluster, named by Dinghy' },
  { matches: (key) => key === 'yarn.application.id', why: 'each run gets its own application' },
  { matches: (key) => key.startsWith('$internal.'), why: 'it is internal to Flink, and Dinghy chooses the job id' },
  {
    matches: (key) => key === 'execution.state-recovery.path' || key === 'execution.savepoint.path',
    why: "a run starts from the task's or the request's savePointPath",
  },
];

/** One sentence for each option that is fixed; none when all may be set. */
export function fixedOptionProblem(options: Readonly<Record<string, string>>): string[] {
  return Object.keys(options).flatMap((key) => {
    const rule = FIXED.find(({ matches }) => matches(key.trim().toLowerCase()));
    return rule === undefined ? [] : [`The option "${key}" can't be set: ${rule.why}.`];
  });
}
