/** What the plan needs to know of a command. */
export interface Plannable {
  name: string;
  /** the record's key: commands of one key keep their order */
  orderKey: string;
}

/**
 * Groups commands into runs of one type each, to be handled run after run. Commands of one key stay in order, also
 * across types; beyond that a command joins the earliest run it can, so that mixed traffic still makes large runs.
 */
export function planRuns<C extends Plannable>(commands: C[]): C[][] {
  const runs: C[][] = [];
  const runsOfName = new Map<string, number[]>();
  const lastRunOfKey = new Map<string, number>();
  for (const command of commands) {
    const earliest = lastRunOfKey.get(command.orderKey) ?? 0;
    const its = runsOfName.get(command.name) ?? [];
    let index = its.find((candidate) => candidate >= earliest);
    if (index === undefined) {
      index = runs.push([]) - 1;
      runsOfName.set(command.name, [...its, index]);
    }
    runs[index]?.push(command);
    lastRunOfKey.set(command.orderKey, index);
  }
  return runs;
}
