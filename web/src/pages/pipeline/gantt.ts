// The rows of a Gantt chart: one for each asset and partition, with the checks of the asset in it.

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
  /** The worst status of its steps. */
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

/** Rows in the order of the steps. The bar of a running step ends at `now`. */
export function ganttRows(steps: readonly Step[], now: number): GanttRow[] {
  const rows = new Map<string, GanttRow>();
  const rowOf = (label: string, status: Step["status"]): GanttRow => {
    let row = rows.get(label);
    if (!row) rows.set(label, (row = { label, bars: [], status }));
    return row;
  };
  // A check goes to the row of its asset; checks without an asset share a row.
  for (const step of steps) {
    if (step.begun === null) continue;
    const name = step.kind === "check" ? (step.asset ?? "checks") : (step.asset ?? step.name);
    const label = step.partition && step.kind === "asset" ? `${name} ${step.partition}` : name;
    const row = rowOf(rows.has(label) ? label : checkRow(rows, step, label), step.status);
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

// The row of a check: of an asset with partitions, the row of its last partition.
function checkRow(rows: Map<string, GanttRow>, step: Step, label: string): string {
  if (step.kind !== "check" || !step.asset) return label;
  return [...rows.keys()].findLast((key) => key.startsWith(step.asset! + " ")) ?? label;
}

/** Where the axis of a run ends, in seconds. */
export function ganttEnd(steps: readonly Step[], now: number): number {
  return Math.max(0.1, now, ...steps.map((step) => step.ended ?? step.begun ?? 0));
}
