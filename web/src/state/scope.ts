// Filters in the form of the API.

import type { ApiFilters, DimensionName, RangeName, TimeRange, Value } from "../api/types";
import type { Period } from "../format/dates";
import { isRange, type FilterKeys, type Filters } from "./filters";

// A record, so that the compiler checks that every name of the API is here.
const kDimensions: Record<DimensionName, "text" | "number" | "boolean"> = {
  tier: "text",
  region: "text",
  device: "text",
  cohort_week: "text",
  traits_origin: "text",
  user: "number",
  friction_category: "text",
  session_length: "text",
  day: "text",
  week: "text",
  month: "text",
  hour: "text",
  hour_of_day: "number",
  weekday: "number",
  model: "text",
  complexity: "text",
  status: "text",
  feedback: "text",
  downloaded: "boolean",
  user_origin: "text",
  time_origin: "text",
  status_origin: "text",
  latency_origin: "text",
  cost_origin: "text",
  retry_origin: "text",
  feedback_origin: "text",
  download_origin: "text",
  model_origin: "text",
};

const kRanges: Record<RangeName, true> = {
  friction: true,
  duration_min: true,
  generations: true,
  cost: true,
  retries: true,
  avg_latency_ms: true,
  success_rate: true,
  latency_ms: true,
  token_count: true,
};

export const kFilterKeys: FilterKeys = {
  dimensions: new Set(Object.keys(kDimensions)),
  ranges: new Set(Object.keys(kRanges)),
  misfit(dimension, value) {
    const type = kDimensions[dimension as DimensionName];
    if (value === "" || type === "text") return "";
    if (type === "boolean") return /^(true|false)$/.test(value) ? "" : "it is true or false";
    return /^-?\d{1,15}$/.test(value) ? "" : "it is a whole number";
  },
};

/** A value of a dimension as text for the query string; null is "". */
export function textOf(value: Value): string {
  return value === null ? "" : String(value);
}

/** The inverse of textOf. */
export function valueOf(dimension: string, text: string): Value {
  const type = kDimensions[dimension as DimensionName];
  if (text === "") return null;
  if (type === "number") return Number(text);
  return type === "boolean" ? text === "true" : text;
}

export interface Scope {
  filters: ApiFilters;
  time_range: TimeRange;
}

/** The filters and the period, without the filters on `except`. */
export function scopeOf(filters: Filters, except: readonly string[] = []): Scope {
  const out: ApiFilters = {};
  for (const [key, filter] of Object.entries(filters.by)) {
    if (except.includes(key)) continue;
    if (isRange(filter)) {
      out[key] = {
        ...(filter.min === null ? {} : { min: filter.min }),
        ...(filter.max === null ? {} : { max: filter.max }),
      };
      continue;
    }
    const values = (texts: string[]) => texts.map((text) => valueOf(key, text));
    out[key] = {
      ...(filter.in.length > 0 ? { in: values(filter.in) } : {}),
      ...(filter.notIn.length > 0 ? { not_in: values(filter.notIn) } : {}),
    };
  }
  return { filters: out, time_range: filters.period ? timeRange(filters.period) : {} };
}

function timeRange(period: Period): TimeRange {
  return { from: period.from, to: period.to };
}
