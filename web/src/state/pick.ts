// What a click on a value of a dimension does, in any chart.

import { choiceOf, choose, gestureOf, withFilter } from "./filters";
import { router } from "./router.svelte";

/** Filters on all of `values`; a second call removes the filter. */
export function pickAll(dimension: string, values: readonly string[]): void {
  const now = choiceOf(router.filters, dimension)?.in ?? [];
  const same = now.length === values.length && values.every((value) => now.includes(value));
  router.setFilters(
    withFilter(router.filters, dimension, same ? null : { in: [...values], notIn: [] }),
  );
}

/** Filters on the value; Shift adds it, Alt excludes it; a second click undoes the first. */
export function pick(
  event: { shiftKey: boolean; altKey: boolean },
  dimension: string,
  value: string,
): void {
  const choice = choose(choiceOf(router.filters, dimension), value, gestureOf(event));
  router.setFilters(withFilter(router.filters, dimension, choice));
}
