// What the numbers on a page are narrowed to, and how that is written in the query string:
//
//   from=2025-12-01&to=2025-12-31   days, both part of it
//   compare=none                    the period before is what numbers are compared with, unless this
//   tier=free&tier=pro              any of these values
//   region=!asia                    none of these
//   friction=20..60                 from the first up to, not including, the second; either may lack
//
// A value that begins with "!" or "\" has a "\" before it.

import { isDay, type Period } from "../format/dates";
import { plain, shortened } from "../format/text";

export interface Choice {
  in: string[];
  notIn: string[];
}

export interface Range {
  min: number | null;
  /** Not part of the range. */
  max: number | null;
}

export interface Filters {
  period: Period | null;
  compare: boolean;
  /** By dimension or range, in the order in which they were set. */
  by: Readonly<Record<string, Choice | Range>>;
}

/** Which keys of the query string are filters. */
export interface FilterKeys {
  dimensions: ReadonlySet<string>;
  ranges: ReadonlySet<string>;
  /** Why a text is no value of a dimension; "" where it is one. */
  misfit: (dimension: string, value: string) => string;
}

export function noFilters(): Filters {
  return { period: null, compare: true, by: {} };
}

export function isRange(filter: Choice | Range): filter is Range {
  return "min" in filter;
}

function unescape(value: string): string {
  return value.startsWith("\\") ? value.slice(1) : value;
}

function escape(value: string): string {
  return /^[!\\]/.test(value) ? "\\" + value : value;
}

function parseRange(text: string): Range | null {
  const match = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/.exec(text);
  if (!match || (match[1] === undefined && match[2] === undefined)) return null;
  const bound = (part: string | undefined) => (part === undefined ? null : Number(part));
  const range = { min: bound(match[1]), max: bound(match[2]) };
  if (range.min !== null && range.max !== null && range.min >= range.max) return null;
  return range;
}

function valueIn(text: string): string {
  return unescape(text.startsWith("!") ? text.slice(1) : text);
}

function parseChoice(texts: readonly string[]): Choice {
  const choice: Choice = { in: [], notIn: [] };
  for (const text of texts) {
    const list = text.startsWith("!") ? choice.notIn : choice.in;
    const value = valueIn(text);
    if (!list.includes(value)) list.push(value);
  }
  return choice;
}

/** Why a text of the address is no filter of a dimension or range; "" where it is one. */
export function whyNoFilter(key: string, text: string, keys: FilterKeys): string {
  if (keys.dimensions.has(key)) return keys.misfit(key, valueIn(text));
  if (parseRange(text)) return "";
  return /\d\.\.-?\d/.test(text)
    ? "the range ends before it begins"
    : "a range is written 20..60, 20.. or ..60";
}

/** What is not understood is left out: an old link shows more, never an error. `misread` tells of it. */
export function parseFilters(query: URLSearchParams, keys: FilterKeys): Filters {
  const from = query.get("from") ?? "";
  const to = query.get("to") ?? "";
  const period = isDay(from) && isDay(to) && from <= to ? { from, to } : null;
  const by: Record<string, Choice | Range> = {};
  for (const key of new Set(query.keys())) {
    if (keys.dimensions.has(key)) {
      const values = query.getAll(key).filter((text) => whyNoFilter(key, text, keys) === "");
      if (values.length > 0) by[key] = parseChoice(values);
    }
    const range = keys.ranges.has(key) ? parseRange(query.get(key)!) : null;
    if (range) by[key] = range;
  }
  return { period, compare: query.get("compare") !== "none", by };
}

export function writeRange(range: Range): string {
  return `${range.min ?? ""}..${range.max ?? ""}`;
}

/** Replaces the filters in `query`, and leaves everything else of it. */
export function writeFilters(query: URLSearchParams, filters: Filters, keys: FilterKeys): void {
  for (const key of ["from", "to", "compare", ...keys.dimensions, ...keys.ranges])
    query.delete(key);
  if (filters.period) {
    query.set("from", filters.period.from);
    query.set("to", filters.period.to);
  }
  if (!filters.compare) query.set("compare", "none");
  for (const [key, filter] of Object.entries(filters.by)) {
    if (isRange(filter)) {
      query.set(key, writeRange(filter));
      continue;
    }
    for (const value of filter.in) query.append(key, escape(value));
    for (const value of filter.notIn) query.append(key, "!" + escape(value));
  }
}

/** How a click on a value changes a choice: alone, with Shift, with Alt. */
export type Gesture = "only" | "add" | "exclude";

export function gestureOf(event: { shiftKey: boolean; altKey: boolean }): Gesture {
  return event.altKey ? "exclude" : event.shiftKey ? "add" : "only";
}

/**
 * A click shows one value alone, and all again when it was alone; Shift adds or removes it beside
 * the others; Alt excludes it, or no longer does.
 */
export function choose(choice: Choice | undefined, value: string, gesture: Gesture): Choice {
  const now = choice ?? { in: [], notIn: [] };
  const without = (list: string[]) => list.filter((other) => other !== value);
  const toggled = (list: string[]) => (list.includes(value) ? without(list) : [...list, value]);
  switch (gesture) {
    case "only": {
      const alone = now.in.length === 1 && now.in[0] === value;
      return { in: alone ? [] : [value], notIn: [] };
    }
    case "add":
      return { in: toggled(now.in), notIn: without(now.notIn) };
    case "exclude":
      return { in: without(now.in), notIn: toggled(now.notIn) };
  }
}

function isEmpty(filter: Choice | Range): boolean {
  return isRange(filter)
    ? filter.min === null && filter.max === null
    : filter.in.length + filter.notIn.length === 0;
}

/** Sets one filter, which becomes the last; null, or one that leaves all, removes it. */
export function withFilter(filters: Filters, key: string, filter: Choice | Range | null): Filters {
  const by = { ...filters.by };
  delete by[key];
  if (filter && !isEmpty(filter)) by[key] = filter;
  return { ...filters, by };
}

/** Without the filter that was set last: one by a value or range, and after these the period. */
export function withoutLast(filters: Filters): Filters {
  const last = Object.keys(filters.by).at(-1);
  return last === undefined ? { ...filters, period: null } : withFilter(filters, last, null);
}

export function choiceOf(filters: Filters, key: string): Choice | undefined {
  const filter = filters.by[key];
  return filter && !isRange(filter) ? filter : undefined;
}

export function rangeOf(filters: Filters, key: string): Range | undefined {
  const filter = filters.by[key];
  return filter && isRange(filter) ? filter : undefined;
}

export function isSelected(filters: Filters, key: string, value: string): boolean {
  return choiceOf(filters, key)?.in.includes(value) ?? false;
}

/** Whether the filters leave a value out. */
export function isDimmed(filters: Filters, key: string, value: string): boolean {
  const choice = choiceOf(filters, key);
  if (!choice) return false;
  return choice.notIn.includes(value) || (choice.in.length > 0 && !choice.in.includes(value));
}

/** "free, pro", "not asia", "20 to 60". */
export function describe(filter: Choice | Range): string {
  if (isRange(filter)) {
    if (filter.min === null) return `under ${filter.max}`;
    return filter.max === null ? `from ${filter.min}` : `${filter.min} to ${filter.max}`;
  }
  const parts: string[] = [];
  if (filter.in.length > 0) parts.push(filter.in.map(displayText).join(", "));
  if (filter.notIn.length > 0) parts.push("not " + filter.notIn.map(displayText).join(", "));
  return parts.join(", ");
}

const kLongestShown = 80;

/** How a value of a dimension reads; "" stands for the one that the data do not give. */
export function displayText(value: string): string {
  return value === "" ? "unknown" : shortened(plain(value.replaceAll("_", " ")), kLongestShown);
}

/** How many there are beside the period. */
export function countFilters(filters: Filters): number {
  return Object.keys(filters.by).length;
}
