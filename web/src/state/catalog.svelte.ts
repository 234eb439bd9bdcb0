// The catalog of the server: measures, dimensions, ranges, the days of the data, and provenance.

import { asFailure, get, isAbort, type Failure } from "../api/client";
import type {
  Catalog,
  Chart,
  DimensionInfo,
  MeasureInfo,
  MeasureName,
  RangeInfo,
  Value,
} from "../api/types";
import type { Period } from "../format/dates";
import { count } from "../format/numbers";
import { displayText } from "./filters";
import { knownChart, unknownNames } from "./known";
import { live } from "./live.svelte";
import { textOf } from "./scope";
import { terms } from "./terms.svelte";

class CatalogStore {
  data = $state.raw<Catalog | null>(null);
  error = $state.raw<Failure | null>(null);
  #measures = $derived(new Map(this.data?.measures.map((measure) => [measure.name, measure])));
  #dimensions = $derived(new Map(this.data?.dimensions.map((info) => [info.name as string, info])));
  #ranges = $derived(new Map(this.data?.ranges.map((info) => [info.name as string, info])));
  #charts = $derived.by(() => {
    const data = this.data;
    return new Map(data?.charts.map((chart) => [chart.name, knownChart(chart, data)]));
  });

  /** Whether the server said that nothing is published. */
  get isEmpty(): boolean {
    return this.data ? this.data.period === null : this.error?.code === "not_published";
  }

  /** Loads the catalog. Call again after a publication, or when the server is back. */
  readonly load = async (): Promise<void> => {
    try {
      const data = await get<Catalog>("/api/catalog");
      terms.take(data);
      this.data = data;
      this.error = null;
      live.publish(data.publication);
    } catch (error) {
      if (isAbort(error)) return;
      this.error = asFailure(error);
      if (this.error.code === "unreachable") live.suspect();
    }
  };

  measure(name: MeasureName): MeasureInfo | undefined {
    return this.#measures.get(name);
  }

  dimension(name: string): DimensionInfo | undefined {
    return this.#dimensions.get(name);
  }

  range(name: string): RangeInfo | undefined {
    return this.#ranges.get(name);
  }

  /** A chart without what is unknown everywhere; undefined if nothing is left of it. */
  chart(name: string): Chart | undefined {
    return this.#charts.get(name) ?? undefined;
  }

  /** A chart with all that the project puts into it. */
  wholeChart(name: string): Chart | undefined {
    return terms.chart(name);
  }

  /** What the project puts at a place of a page, in its order, as far as the data tell it. */
  charts(page: string, place: string): Chart[] {
    return [...this.#charts.values()].flatMap((chart) =>
      chart?.page === page && chart.place === place ? [chart] : [],
    );
  }

  /** What is unknown everywhere, if the page lacks a chart or a part of one for that. */
  missing(page: string): string[] {
    const data = this.data;
    if (!data) return [];
    const lost = data.charts.filter(
      (chart) => chart.page === page && this.#charts.get(chart.name) !== chart,
    );
    if (lost.length === 0) return [];
    const names = unknownNames(lost, data);
    return names.length > 0 ? names : lost.map((chart) => titleOf(chart, "time").toLowerCase());
  }

  /** The tiles of a page: measures, and the page that has more of each. */
  tiles(page: string): { name: MeasureName; page?: string }[] {
    return this.charts(page, "tiles").flatMap((chart) =>
      chart.measures.map((name, place) => {
        const link = chart.columns[place]?.link;
        return link ? { name, page: link } : { name };
      }),
    );
  }

  /** The leaderboards of a page: the first measure of each chart, by its first dimension. */
  boards(
    page: string,
    place: string,
  ): { title: string; measure: MeasureName; dimension: string; of: MeasureName | null }[] {
    return this.charts(page, place).flatMap((chart) => {
      const [measure] = chart.measures;
      const [dimension] = chart.dimensions;
      return measure && dimension ? [{ title: chart.label, measure, dimension, of: chart.of }] : [];
    });
  }

  /** Whether all that the project puts at a place of a page is there. */
  isWhole(page: string, place: string): boolean {
    return (this.data?.charts ?? []).every(
      (chart) =>
        chart.page !== page || chart.place !== place || this.#charts.get(chart.name) === chart,
    );
  }

  /** The label of a measure in a chart. */
  columnLabel(chart: Chart, name: string): string {
    const column = chart.columns.find((one) => one.name === name);
    return column?.label ?? this.measure(name)?.label ?? this.label(name);
  }

  /** The label of a dimension or range. */
  label(name: string): string {
    return this.dimension(name)?.label ?? this.range(name)?.label ?? displayText(name);
  }
}

export const catalog = new CatalogStore();

/** Whether the data cover all days of a period. Only then can sums be compared with those of another. */
export function isCovered(period: Period): boolean {
  const dataPeriod = catalog.data?.period;
  return !!dataPeriod && period.from >= dataPeriod.from && period.to <= dataPeriod.to;
}

/** The measures of a chart over time, a line each. */
export function lines(chart: Chart): { name: MeasureName; label?: string; color?: string }[] {
  return chart.columns
    .filter((column) => chart.measures.includes(column.name))
    .map(({ name, label, color }) => ({
      name,
      ...(label ? { label } : {}),
      ...(color ? { color: `var(--${color})` } : {}),
    }));
}

/** The title of a chart over time. */
export function titleOf(chart: Chart, grain: string): string {
  return chart.label.replaceAll("{grain}", grain);
}

/** What a measure counts: its unit, else its label, of one without the plural. */
export function nounOf(measure: MeasureName, value: number): string {
  const info = catalog.measure(measure);
  const many = (info?.unit || info?.label || measure).toLowerCase();
  return value === 1 ? many.replace(/(ss|sh|ch|x)es$/, "$1").replace(/([^s])s$/, "$1") : many;
}

/** "1 session", of a measure that counts. */
export function countOf(measure: MeasureName, value: number): string {
  return count(value, nounOf(measure, 1), nounOf(measure, 0));
}

/** A value of a dimension as text. */
export function valueLabel(dimension: string, value: Value): string {
  const info = catalog.dimension(dimension);
  const word = info?.words[value === null ? "null" : String(value)];
  if (word !== undefined) return word;
  if (info?.type === "number" && info.of === "users")
    return `${info.label.toLowerCase()} ${String(value)}`;
  return displayText(textOf(value));
}
