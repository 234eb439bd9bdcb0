// The steps of a run as rows of bars: a row for each asset and partition, its checks as marks in it.

import type { Step } from "../../api/types";

export interface GanttBar {
  step: Step;
  from: number;
  to: number;
  check: boolean;
}

export interface GanttRow {
  label: string;
  bars: GanttBar[];
  /** The worst that happened in it. */
  status: Step["status"];
}

const kWorst: Step["status"][] = [
  "error",
  "fail",
  "interrupted",
  "running",
  "warn",
  "skipped",
  "success",
  "fresh",
];

/** In the order in which they began; `now` ends what is still running. */
export function ganttRows(steps: readonly Step[], now: number): GanttRow[] {
  const rows = new Map<string, GanttRow>();
  const rowOf = (label: string, status: Step["status"]): GanttRow => {
    let row = rows.get(label);
    if (!row) rows.set(label, (row = { label, bars: [], status }));
    return row;
  };
  // Checks go where the asset is, or where they do not tell, to a row of their own.
  for (const step of steps) {
    if (step.begun === null) continue;
    const name = step.kind === "check" ? (step.asset ?? "checks") : (step.asset ?? step.name);
    const label = step.partition && step.kind === "asset" ? `${name} ${step.partition}` : name;
    const row = rowOf(rows.has(label) ? label : firstPartition(rows, step, label), step.status);
    row.bars.push({
      step,
      from: step.begun,
      to: Math.max(step.begun, step.ended ?? now),
      check: step.kind === "check",
    });
    if (kWorst.indexOf(step.status) < kWorst.indexOf(row.status)) row.status = step.status;
  }
  return [...rows.values()];
}

// The checks of an asset with partitions stand in the row of the last.
function firstPartition(rows: Map<string, GanttRow>, step: Step, label: string): string {
  if (step.kind !== "check" || !step.asset) return label;
  return [...rows.keys()].findLast((key) => key.startsWith(step.asset! + " ")) ?? label;
}

/** Where the axis of a run ends, in seconds. */
export function ganttEnd(steps: readonly Step[], now: number): number {
  return Math.max(0.1, now, ...steps.map((step) => step.ended ?? step.begun ?? 0));
}
