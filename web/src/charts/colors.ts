// Colours of values, the same on every page: the project chooses them from those of tokens.css.

import type { Color, RangeInfo } from "../api/types";
import { catalog } from "../state/catalog.svelte";

/** A colour of the catalog in CSS; the default is that of a series. */
export function cssColor(color: Color | null | undefined): string {
  return `var(--${color ?? "series"})`;
}

/** The colour of a value of a dimension; the value is text as in addresses, null is "". */
export function colorOf(dimension: string, value: string): string {
  return cssColor(catalog.dimension(dimension)?.colors[value === "" ? "null" : value]);
}

const kSteps = 5;

/** The colour of a number of a range: on the scale from low to high if the range has one. */
export function colorIn(range: RangeInfo | undefined, value: number): string {
  const [first = 0] = range?.edges ?? [];
  if (!range?.scale || range.end === null) return cssColor(null);
  const step = Math.floor(((value - first) / (range.end - first)) * kSteps);
  return `var(--scale-${Math.min(kSteps, Math.max(1, step + 1))})`;
}
