// Filters in the form of the API.

import type { ApiFilters, TimeRange, Value } from "../api/types";
import type { Period } from "../format/dates";
import { isRange, type Filters } from "./filters";
import { terms } from "./terms.svelte";

/** A value of a dimension as text for the query string; null is "". */
export function textOf(value: Value): string {
  return value === null ? "" : String(value);
}

/** The inverse of textOf. */
export function valueOf(dimension: string, text: string): Value {
  const type = terms.kind(dimension);
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
