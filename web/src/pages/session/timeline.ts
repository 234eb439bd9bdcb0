// The layout of the timeline: generations by time, in several lanes where they overlap.

import type { DimensionInfo, GenerationRow } from "../../api/types";

/** The dimension that marks show: the first that has shapes and is in the rows of generations. */
export function shapedBy(dimensions: readonly DimensionInfo[]): {
  name: string;
  label: string;
  of: (row: GenerationRow) => string;
} {
  const found = dimensions.find((info) => Object.keys(info.shapes).length > 0);
  const name = found?.name ?? "";
  return {
    name,
    label: (found?.label ?? "").toLowerCase(),
    of: (row) => String((row as Record<string, unknown>)[name] ?? ""),
  };
}

export interface Placed {
  generation: GenerationRow;
  /** Seconds since the session began. */
  from: number;
  to: number;
  lane: number;
}

/** Puts each generation into the first free lane. A mark takes at least `markSeconds` of a lane. */
export function place(generations: readonly GenerationRow[], markSeconds: number): Placed[] {
  const free: number[] = [];
  return generations.map((generation) => {
    const from = generation.seconds_since_start;
    const to = from + (generation.latency_ms ?? 0) / 1000;
    let lane = free.findIndex((until) => until <= from);
    if (lane < 0) lane = free.length;
    free[lane] = Math.max(to, from + markSeconds);
    return { generation, from, to, lane };
  });
}

/** Seconds as "0:42" or "1:02:05". */
export function clock(seconds: number): string {
  const total = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(total % 60)}`
    : `${minutes}:${pad(total % 60)}`;
}

/** The distance between ticks: the shortest round one, in seconds, that gives at most `maxTicks`
 *  ticks. */
export function clockStep(span: number, maxTicks: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
  return steps.find((step) => span / step <= maxTicks) ?? 28_800;
}
