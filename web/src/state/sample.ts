// For tests: a catalog with the names that they use.

import type { Chart, DimensionInfo, RangeInfo } from "../api/types";
import { terms } from "./terms.svelte";

const dimension = (name: string, type: DimensionInfo["type"] = "category"): DimensionInfo => ({
  name,
  label: name,
  description: "",
  of: "sessions",
  type,
  words: {},
  colors: {},
  shapes: {},
  values: [],
  more: 0,
});
const range = (name: string): RangeInfo => ({
  name,
  label: name,
  unit: "",
  format: "integer",
  description: "",
  of: "sessions",
  edges: [0],
  fine_edges: [0],
  end: null,
  coverage: 1,
  scale: false,
});
const chart = (name: string, measures: string[], dimensions: string[]): Chart => ({
  name,
  label: name,
  page: "",
  place: "",
  of: null,
  measures,
  dimensions,
  columns: [],
});

const kParts = ["tier", "region", "device", "model", "complexity"];

/** Makes the names known, as loading the catalog does. */
export function knowNames(): void {
  terms.take({
    dimensions: [
      ...[...kParts, "status", "feedback", "friction_category", "cohort_week"].map((name) =>
        dimension(name),
      ),
      dimension("downloaded", "boolean"),
      ...["weekday", "user", "hour_of_day"].map((name) => dimension(name, "number")),
      ...["day", "week", "month", "hour"].map((name) => dimension(name, "time")),
    ],
    ranges: ["friction", "duration_min", "generations", "cost", "latency_ms"].map(range),
    charts: [
      chart("changes", ["friction", "success_rate"], kParts),
      chart("friction_parts", ["friction"], [...kParts, "session_length"]),
      chart("drivers", ["friction"], kParts),
      chart("top_users", ["cost", "wasted_cost", "retries"], []),
      chart("session_list", [], ["tier", "friction"]),
      chart("funnel", ["generations"], kParts),
    ],
  });
}
