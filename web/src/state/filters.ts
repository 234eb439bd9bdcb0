// The filters of a page, and their syntax in the query string:
//
//   from=2025-12-01&to=2025-12-31   the period; both days are inclusive
//   compare=none                    no comparison; the default compares with the previous period
//   tier=free&tier=pro              any of these values
//   region=!asia                    not this value
//   friction=20..60                 20 <= friction < 60; either end may be missing
//
// A value that begins with "!" or "\" is escaped with a "\".

import { isDay, type Period } from "../format/dates";
import { plain, shortened } from "../format/text";

export interface Choice {
  in: string[];
  notIn: string[];
}

export interface Range {
  min: number | null;
  /** Exclusive. */
  max: number | null;
}

export interface Filters {
  period: Period | null;
  compare: boolean;
  /** The filter of each dimension or range, in the order in which they were set. */
  by: Readonly<Record<string, Choice | Range>>;
}

/** The keys of the query string that are filters. */
export interface FilterKeys {
  dimensions: ReadonlySet<string>;
  ranges: ReadonlySet<string>;
  /** Why a text is no value of a dimension; "" if it is one. */
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

/** Why a text is no filter of a dimension or range; "" if it is one. */
export function whyNoFilter(key: string, text: string, keys: FilterKeys): string {
  if (keys.dimensions.has(key)) return keys.misfit(key, valueIn(text));
  if (parseRange(text)) return "";
  return /\d\.\.-?\d/.test(text)
    ? "the range ends before it begins"
    : "a range is written 20..60, 20.. or ..60";
}

/** Reads the filters, and ignores what it does not understand, so that an old link still works.
 *  `misread` lists what was ignored. */
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

/** Replaces the filters in `query`; other parameters stay. */
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

/** What a click on a value does: "only" without a key, "add" with Shift, "exclude" with Alt. */
export type Gesture = "only" | "add" | "exclude";

export function gestureOf(event: { shiftKey: boolean; altKey: boolean }): Gesture {
  return event.altKey ? "exclude" : event.shiftKey ? "add" : "only";
}

/** The choice after a gesture on a value. Each gesture undoes itself when repeated. */
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

/** Sets a filter, which becomes the last one; null or an empty filter removes it. */
export function withFilter(filters: Filters, key: string, filter: Choice | Range | null): Filters {
  const by = { ...filters.by };
  delete by[key];
  if (filter && !isEmpty(filter)) by[key] = filter;
  return { ...filters, by };
}

/** Removes the filter that was set last; the period goes after all others. */
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

/** Whether the filters exclude a value. */
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

/** A value of a dimension as text; "" is a missing value. */
export function displayText(value: string): string {
  return value === "" ? "unknown" : shortened(plain(value.replaceAll("_", " ")), kLongestShown);
}

/** The number of filters, without the period. */
export function countFilters(filters: Filters): number {
  return Object.keys(filters.by).length;
}
