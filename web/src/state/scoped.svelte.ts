// What pages that obey the filters ask: queries narrowed to them.

import { batcher } from "../api/metrics";
import { useMetrics, type Resource } from "./resource.svelte";
import type { Grain, MetricsQuery, MetricsResult } from "../api/types";
import { daysIn, periodName, type Period } from "../format/dates";
import { asGrain, bucketDays } from "../format/grains";
import { fileName } from "../format/table";
import { catalog } from "./catalog.svelte";
import { describe } from "./filters";
import { router } from "./router.svelte";
import { scopeOf, type Scope } from "./scope";

// Where a grain has more places than a screen has columns, the next coarser one reads better.
const kMaxHours = 3 * 24;
const kMaxDays = 186;
const kMaxWeeks = 200 * 7;

/** The days that are shown: those of the filter, else all that there are; null until these are known. */
export function shownPeriod(): Period | null {
  return router.filters.period ?? catalog.data?.period ?? null;
}

export function grainOf(period: Period | null): Grain {
  if (!period) return "day";
  const days = daysIn(period);
  if (days * 24 <= kMaxHours) return "hour";
  if (days <= kMaxDays) return "day";
  return days <= kMaxWeeks ? "week" : "month";
}

/** The grain of a result by time; before there is one, that in which it was asked for. */
export function shownGrain(result: MetricsResult | null): Grain {
  return result ? asGrain(result.dimensions[0]) : grainOf(shownPeriod());
}

/** The first and last day that have both data and a place in the period that is shown. */
export function coveredPeriod(): Period | null {
  const shown = shownPeriod();
  const dataPeriod = catalog.data?.period ?? null;
  if (!shown || !dataPeriod) return shown;
  const from = shown.from > dataPeriod.from ? shown.from : dataPeriod.from;
  const to = shown.to < dataPeriod.to ? shown.to : dataPeriod.to;
  return from <= to ? { from, to } : null;
}

/** Values by time without those of buckets before or after all data: nothing is known there. */
export function onlyCovered(
  keys: readonly string[],
  grain: Grain,
  values: readonly (number | null)[],
): (number | null)[] {
  const dataPeriod = catalog.data?.period;
  if (!dataPeriod) return [...values];
  return values.map((value, place) => {
    const { from, to } = bucketDays(keys[place]!, grain);
    return to < dataPeriod.from || from > dataPeriod.to ? null : value;
  });
}

/** The filters as the API takes them, without those of `except`. */
export function scope(...except: string[]): Scope {
  return scopeOf(router.filters, except);
}

/** What is shown, for the names of files and below pictures: the period, and the filters one by one. */
export function scopeWords(except: readonly string[] = []): { period: string; filters: string[] } {
  const period = shownPeriod();
  return {
    period: period ? periodName(period) : "",
    filters: Object.entries(router.filters.by)
      .filter(([key]) => !except.includes(key))
      .map(([key, filter]) => `${catalog.label(key).toLowerCase()}: ${describe(filter)}`),
  };
}

/** A name for a file that says what is in it, of which days and which filters. */
export function scopedFileName(what: string, except: readonly string[] = []): string {
  const period = shownPeriod();
  const { filters } = scopeWords(except);
  return fileName(what, period ? `${period.from} to ${period.to}` : "", ...filters);
}

/** The query with the filters, compared with the period before where that is wanted. */
export function scoped(query: MetricsQuery, ...except: string[]): MetricsQuery {
  return { ...query, ...scope(...except) };
}

export function compared(query: MetricsQuery): MetricsQuery {
  return router.filters.compare ? { ...query, compare: "previous" } : query;
}

/** Measures by time over the period that is shown. */
export function useMetricsByTime(query: () => MetricsQuery): Resource<MetricsResult> {
  return useMetrics(() => ({ ...scoped(query()), grain: grainOf(shownPeriod()) }));
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
