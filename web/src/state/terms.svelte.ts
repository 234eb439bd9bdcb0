// The names that the catalog has: which parameters of an address are filters, and what charts offer.

import type { Catalog, Chart, DimensionInfo } from "../api/types";
import type { FilterKeys } from "./filters";

export type Named = Pick<Catalog, "dimensions" | "ranges" | "charts">;
type Kind = "text" | "number" | "boolean";

class Terms {
  #catalog = $state.raw<Named | null>(null);
  #types = $derived(
    new Map(this.#catalog?.dimensions.map((info) => [info.name as string, kindOf(info)])),
  );
  #charts = $derived(new Map(this.#catalog?.charts.map((chart) => [chart.name, chart])));

  /** The keys of the query string that are filters; none until the catalog is loaded. */
  readonly keys: FilterKeys = $derived({
    dimensions: new Set(this.#types.keys()),
    ranges: new Set(this.#catalog?.ranges.map((range) => range.name as string)),
    misfit: (dimension: string, value: string) => misfit(this.kind(dimension), value),
  });

  take(catalog: Named): void {
    this.#catalog = catalog;
  }

  get isKnown(): boolean {
    return this.#catalog !== null;
  }

  kind(dimension: string): Kind {
    return this.#types.get(dimension) ?? "text";
  }

  chart(name: string): Chart | undefined {
    return this.#charts.get(name);
  }
}

function kindOf(info: DimensionInfo): Kind {
  return info.type === "number" || info.type === "boolean" ? info.type : "text";
}

function misfit(kind: Kind, value: string): string {
  if (value === "" || kind === "text") return "";
  if (kind === "boolean") return /^(true|false)$/.test(value) ? "" : "it is true or false";
  return /^-?\d{1,15}$/.test(value) ? "" : "it is a whole number";
}

export const terms = new Terms();
