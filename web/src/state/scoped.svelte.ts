// Queries narrowed to the filters, and what their results cover. A chart by a dimension ignores the
// filter on that dimension, so that it shows the other values too: it names the dimension in `except`.

import { batcher } from "../api/metrics";
import type { Grain, MetricsQuery, MetricsResult } from "../api/types";
import { daysIn, periodName, type Period } from "../format/dates";
import { asGrain, bucketDays } from "../format/grains";
import { fileName } from "../format/table";
import { catalog } from "./catalog.svelte";
import { describe } from "./filters";
import { useMetrics, type Resource } from "./resource.svelte";
import { router } from "./router.svelte";
import { scopeOf, type Scope } from "./scope";

// With more buckets than this the next coarser grain reads better.
const kMaxHours = 3 * 24;
const kMaxDays = 186;
const kMaxWeeks = 200 * 7;

/** The period of the filters, or all days of the data; null until the catalog is loaded. */
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

/** The grain of a result; until it arrives, the grain of its query. */
export function shownGrain(result: MetricsResult | null): Grain {
  return result ? asGrain(result.dimensions[0]) : grainOf(shownPeriod());
}

/** The part of the shown period that the data cover; null if there is none. */
export function coveredPeriod(): Period | null {
  const shown = shownPeriod();
  const dataPeriod = catalog.data?.period ?? null;
  if (!shown || !dataPeriod) return shown;
  const from = shown.from > dataPeriod.from ? shown.from : dataPeriod.from;
  const to = shown.to < dataPeriod.to ? shown.to : dataPeriod.to;
  return from <= to ? { from, to } : null;
}

/** The values, with null for buckets before or after the data. */
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

/** The filters in the form of the API, without those on `except`. */
export function scope(...except: string[]): Scope {
  return scopeOf(router.filters, except);
}

/** The period and the filters in words, for file names and captions. */
export function scopeWords(except: readonly string[] = []): { period: string; filters: string[] } {
  const period = shownPeriod();
  return {
    period: period ? periodName(period) : "",
    filters: Object.entries(router.filters.by)
      .filter(([key]) => !except.includes(key))
      .map(([key, filter]) => `${catalog.label(key).toLowerCase()}: ${describe(filter)}`),
  };
}

/** A file name that tells the content, the period and the filters. */
export function scopedFileName(what: string, except: readonly string[] = []): string {
  const period = shownPeriod();
  const { filters } = scopeWords(except);
  return fileName(what, period ? `${period.from} to ${period.to}` : "", ...filters);
}

/** The query, narrowed to the filters. */
export function scoped(query: MetricsQuery, ...except: string[]): MetricsQuery {
  return { ...query, ...scope(...except) };
}

/** The query, compared with the previous period unless the reader turned that off. */
export function compared(query: MetricsQuery): MetricsQuery {
  return router.filters.compare ? { ...query, compare: "previous" } : query;
}

/** The answer to a query by time over the shown period. Starts an effect. */
export function useMetricsByTime(query: () => MetricsQuery): Resource<MetricsResult> {
  return useMetrics(() => ({ ...scoped(query()), grain: grainOf(shownPeriod()) }));
}

/** A function that gets the SQL of a query. */
export function sqlOf(query: MetricsQuery): () => Promise<string | null> {
  return async () => {
    const result = await batcher.query({ ...query, sql: true }, new AbortController().signal);
    return result.sql;
  };
}

/** The values of a measure, a row each. */
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
