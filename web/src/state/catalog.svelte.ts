// The catalog of the server: measures, dimensions, ranges, the days of the data, and provenance.

import { asFailure, get, isAbort, type Failure } from "../api/client";
import type {
  Catalog,
  DimensionInfo,
  MeasureInfo,
  MeasureName,
  RangeInfo,
  Value,
} from "../api/types";
import type { Period } from "../format/dates";
import { displayText } from "./filters";
import { live } from "./live.svelte";
import { textOf } from "./scope";

const kWeekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

class CatalogStore {
  data = $state.raw<Catalog | null>(null);
  error = $state.raw<Failure | null>(null);
  #measures = $derived(new Map(this.data?.measures.map((measure) => [measure.name, measure])));
  #dimensions = $derived(new Map(this.data?.dimensions.map((info) => [info.name as string, info])));
  #ranges = $derived(new Map(this.data?.ranges.map((info) => [info.name as string, info])));

  /** Whether the server said that nothing is published. */
  get isEmpty(): boolean {
    return this.data ? this.data.period === null : this.error?.code === "not_published";
  }

  /** Loads the catalog. Call again after a publication, or when the server is back. */
  readonly load = async (): Promise<void> => {
    try {
      const data = await get<Catalog>("/api/catalog");
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

/** A value of a dimension as text. */
export function valueLabel(dimension: string, value: Value): string {
  if (dimension === "weekday" && typeof value === "number") return kWeekdays[value - 1] ?? "";
  if (dimension === "hour_of_day" && typeof value === "number")
    return String(value).padStart(2, "0") + ":00";
  if (dimension === "downloaded") return value === true ? "downloaded" : "not downloaded";
  if (dimension === "feedback" && value === null) return "none";
  if (dimension === "user") return `user ${String(value)}`;
  return displayText(textOf(value));
}
