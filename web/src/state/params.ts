// The parameters of pages in the address, besides the filters, and the list of parameters that nothing
// understands.

import type { Chart } from "../api/types";
import { isDay } from "../format/dates";
import { whyNoFilter, type FilterKeys } from "./filters";
import type { PageName } from "./routes";

/** The values of parameters; the first is the default. */
export const kViews = ["table", "chart"] as const;
/** The columns of sessions that the list always has, before those of the project. */
export const kSessionKeys = ["session_start", "session_id", "user_id"] as const;
/** What the list of sessions can be sorted by. */
export function sessionSorts(list: Chart | undefined): string[] {
  return [...kSessionKeys, ...(list?.dimensions ?? [])];
}

/** The value of `values` that equals `wanted`; the first if none does. */
export function oneOf<T extends string>(values: readonly T[], wanted: string | null): T {
  return values.find((value) => value === wanted) ?? values[0] ?? ("" as T);
}

/** What a chart offers: the values are names of the catalog. */
interface Offer {
  chart: string;
  of: "measures" | "dimensions";
}
/** What the list of sessions of a chart can be sorted by, in both directions. */
interface Sorts {
  sorts: string;
}
type Rule = readonly string[] | Offer | Sorts | ((value: string) => string);
/** What the catalog names; terms.svelte.ts has it. */
export interface Names {
  isKnown: boolean;
  keys: FilterKeys;
  chart(name: string): Chart | undefined;
}

const anything = () => "";

const kPageParams: Record<PageName, Record<string, Rule>> = {
  overview: { moved: { chart: "changes", of: "measures" } },
  friction: {
    split: { chart: "friction_parts", of: "dimensions" },
    drivers: { chart: "drivers", of: "dimensions" },
  },
  cost: { top: { chart: "top_users", of: "measures" } },
  engagement: { funnel: { chart: "funnel", of: "dimensions" } },
  sessions: { sort: { sorts: "session_list" } },
  session: {},
  pipeline: {
    asset: anything,
    run: (value) => (/^[1-9]\d{0,15}$/.test(value) ? "" : "a run is a whole number"),
  },
  sql: { q: anything, view: kViews },
  data: { find: anything },
  table: { column: anything },
};
// Parameters for the server.
const kServerParams = ["token"];
const kMaxNamed = 8;

export interface Misread {
  key: string;
  value: string;
  why: string;
}

function listed(values: readonly string[]): string {
  const some = values.filter((value) => !value.startsWith("-"));
  return some.length > kMaxNamed ? `${some.slice(0, kMaxNamed).join(", ")}, …` : some.join(", ");
}

function offeredBy(rule: readonly string[] | Offer | Sorts, names: Names): readonly string[] {
  if ("sorts" in rule)
    return sessionSorts(names.chart(rule.sorts)).flatMap((name) => [name, "-" + name]);
  return "chart" in rule ? (names.chart(rule.chart)?.[rule.of] ?? []) : rule;
}

function period(query: URLSearchParams): Misread[] {
  const from = query.get("from");
  const to = query.get("to");
  const out: Misread[] = [];
  for (const [key, value] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (value !== null && !isDay(value))
      out.push({ key, value, why: "a day is written 2025-12-05" });
  if (out.length > 0) return out;
  if (from !== null && to !== null)
    return from <= to
      ? []
      : [{ key: "from", value: from, why: `the period ends on ${to}, before it begins` }];
  if (from !== null) return [{ key: "from", value: from, why: "a period has from and to" }];
  return to !== null ? [{ key: "to", value: to, why: "a period has from and to" }] : [];
}

/** The parameters of an address that the page ignores, and why; none until the names are known. */
export function misread(query: URLSearchParams, page: PageName, names: Names): Misread[] {
  if (!names.isKnown) return [];
  const keys = names.keys;
  const out = period(query);
  for (const [key, value] of query) {
    if (key === "from" || key === "to" || kServerParams.includes(key)) continue;
    if (key === "compare") {
      if (value !== "none" && value !== "previous")
        out.push({ key, value, why: "it is none or previous" });
      continue;
    }
    if (keys.dimensions.has(key) || keys.ranges.has(key)) {
      const why = whyNoFilter(key, value, keys);
      if (why !== "") out.push({ key, value, why });
      continue;
    }
    const rule = kPageParams[page][key];
    // Parameters of other pages are ignored silently.
    if (!rule) {
      if (!Object.values(kPageParams).some((own) => key in own))
        out.push({ key, value, why: "no page and no filter has this name" });
    } else if (typeof rule === "function") {
      const why = rule(value);
      if (why !== "") out.push({ key, value, why });
    } else {
      const offered = offeredBy(rule, names);
      if (!offered.includes(value))
        out.push({ key, value, why: `it is one of ${listed(offered)}` });
    }
  }
  return out;
}
