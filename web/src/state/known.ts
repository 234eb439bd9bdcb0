// What the data tell: charts without the signals that are unknown everywhere, and how much is known of the
// others.

import type { Catalog, Chart, MeasureInfo, MetricsResult } from "../api/types";
import { percent } from "../format/numbers";

export type Known = Pick<Catalog, "measures" | "dimensions" | "ranges">;

function isUnknownMeasure(name: string, catalog: Known): boolean {
  return catalog.measures.find((one) => one.name === name)?.coverage === 0;
}

/** Whether no row has a value of the dimension or range. */
function isUnknownDimension(name: string, catalog: Known): boolean {
  const range = catalog.ranges.find((one) => one.name === name);
  if (range) return range.coverage === 0;
  const values = catalog.dimensions.find((one) => one.name === name)?.values;
  return values?.length === 1 && values[0] === null;
}

/** The chart without measures and dimensions that are unknown everywhere; null if it needs one of them. A
 *  chart over time needs no dimension. */
export function knownChart(chart: Chart, catalog: Known): Chart | null {
  const measures = chart.measures.filter((name) => !isUnknownMeasure(name, catalog));
  const dimensions = chart.dimensions.filter((name) => !isUnknownDimension(name, catalog));
  if (measures.length === chart.measures.length && dimensions.length === chart.dimensions.length)
    return chart;
  if (measures.length === 0 && chart.measures.length > 0) return null;
  if (dimensions.length === 0 && chart.dimensions.length > 0)
    return chart.place === "split" ? overTime(chart, measures, catalog) : null;
  const names = new Set([...measures, ...dimensions]);
  return {
    ...chart,
    measures,
    dimensions,
    columns: chart.columns.filter((column) => names.has(column.name)),
  };
}

/** The chart over time alone, with a title that does not name its dimension. */
function overTime(chart: Chart, measures: string[], catalog: Known): Chart {
  const label = catalog.measures.find((one) => one.name === measures[0])?.label;
  return { ...chart, measures, label: label ? `${label} by {grain}` : chart.label };
}

/** What is unknown everywhere, which is why a page lacks `charts` or parts of them: the signals, and
 *  dimensions of these charts that no signal names. */
export function unknownNames(
  charts: readonly Chart[],
  catalog: Pick<Catalog, "signals" | "dimensions">,
): string[] {
  const signals = catalog.signals
    .filter((signal) => signal.origin === "unknown")
    .map((signal) => signal.signal);
  // A signal may be of several things: "tier, region".
  const named = new Set(signals.flatMap((signal) => signal.split(", ")));
  const asked = new Set<string>(charts.flatMap((chart) => chart.dimensions));
  const others = catalog.dimensions
    // What is of sessions is computed from their generations.
    .filter((info) => info.of !== "sessions" && asked.has(info.name))
    .filter((info) => info.values.length === 1 && info.values[0] === null)
    .map((info) => info.label.toLowerCase())
    .filter((label) => !named.has(label));
  return [...signals, ...others];
}

/** A share below 1, never rounded up to 100 %. */
function shareText(share: number): string {
  return share > 0.99 ? percent(Math.min(share, 0.999), 1) : percent(share, share < 0.1 ? 1 : 0);
}

/** "known of 50 % of generations"; "" where all of it is known. */
export function coverageText(
  info: Pick<MeasureInfo, "of"> | undefined,
  share: number | null | undefined,
): string {
  if (!info || share === null || share === undefined || share >= 1) return "";
  return `known of ${shareText(share)} of ${info.of}`;
}

/** The same of a measure in the total of a result. */
export function coverageOf(info: MeasureInfo | undefined, result: MetricsResult | null): string {
  const place = (result?.measures as string[] | undefined)?.indexOf(info?.name ?? "") ?? -1;
  return coverageText(info, result?.total.coverage?.[place]);
}
