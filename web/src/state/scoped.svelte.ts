// What pages that obey the filters ask: queries narrowed to them.

import { batcher } from "../api/metrics";
import { metrics, type Resource } from "../api/resource.svelte";
import type { Grain, MetricsQuery, MetricsResult } from "../api/types";
import { daysIn, type Period } from "../format/dates";
import { catalog } from "./catalog.svelte";
import { router } from "./router.svelte";
import { scopeOf, type Scope } from "./scope";

// Where a grain has more places than a screen has columns, the next coarser one reads better.
const kMostHours = 3 * 24;
const kMostDays = 186;
const kMostWeeks = 200 * 7;

/** The days that are shown: those of the filter, else all that there are; null until these are known. */
export function shownPeriod(): Period | null {
  return router.filters.period ?? catalog.data?.period ?? null;
}

export function grainOf(period: Period | null): Grain {
  if (!period) return "day";
  const days = daysIn(period);
  if (days * 24 <= kMostHours) return "hour";
  if (days <= kMostDays) return "day";
  return days <= kMostWeeks ? "week" : "month";
}

/** The filters as the API takes them, without those of `except`. */
export function scope(...except: string[]): Scope {
  return scopeOf(router.filters, except);
}

/** The query with the filters, compared with the period before where that is wanted. */
export function scoped(query: MetricsQuery, ...except: string[]): MetricsQuery {
  return { ...query, ...scope(...except) };
}

export function compared(query: MetricsQuery): MetricsQuery {
  return router.filters.compare ? { ...query, compare: "previous" } : query;
}

/** Measures by time over the period that is shown. */
export function byTime(query: () => MetricsQuery): Resource<MetricsResult> {
  return metrics(() => ({ ...scoped(query()), grain: grainOf(shownPeriod()) }));
}

/** Asks for the SQL of a query that a chart shows. */
export function sqlOf(query: MetricsQuery): () => Promise<string | null> {
  return async () => {
    const result = await batcher.query({ ...query, sql: true }, new AbortController().signal);
    return result.sql;
  };
}

/** The numbers of a measure in the rows of a result. */
export function column(
  result: MetricsResult | null,
  measure: string,
  which: "values" | "compared" = "values",
): (number | null)[] {
  const place = (result?.measures as string[] | undefined)?.indexOf(measure) ?? -1;
  return (result?.rows ?? []).map((row) => row[which]?.[place] ?? null);
}

export function total(
  result: MetricsResult | null,
  measure: string,
  which: "values" | "compared" = "values",
): number | null {
  const place = (result?.measures as string[] | undefined)?.indexOf(measure) ?? -1;
  return result?.total[which]?.[place] ?? null;
}
