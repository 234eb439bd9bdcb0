import { describe as suite, expect, test } from "vitest";
import {
  choose,
  describe,
  gestureOf,
  isDimmed,
  noFilters,
  parseFilters,
  withFilter,
  withoutLast,
  writeFilters,
  type Filters,
} from "./filters";
import { knowNames } from "./sample";
import { scopeOf } from "./scope";
import { terms } from "./terms.svelte";

knowNames();

const parse = (query: string) => parseFilters(new URLSearchParams(query), terms.keys);
function written(filters: Filters, before = ""): string {
  const query = new URLSearchParams(before);
  writeFilters(query, filters, terms.keys);
  return decodeURIComponent(query.toString());
}

suite("filters in the address", () => {
  test("read what they write, in the order in which they were set", () => {
    const text =
      "from=2025-12-01&to=2025-12-31&compare=none&model=v2.1&friction=20..60&tier=free&tier=pro";
    expect(written(parse(text))).toBe(text);
    expect(Object.keys(parse(text).by)).toEqual(["model", "friction", "tier"]);
  });

  test("tell values that are excluded, and values that begin with the sign for that", () => {
    const filters = parse("region=!asia&region=\\!odd&region=\\\\back");
    expect(filters.by["region"]).toEqual({ in: ["!odd", "\\back"], notIn: ["asia"] });
    expect(parse(written(filters))).toEqual(filters);
  });

  test("leave the page's own parameters alone", () => {
    expect(
      written(withFilter(noFilters(), "tier", { in: ["free"], notIn: [] }), "sort=cost&tier=pro"),
    ).toBe("sort=cost&tier=free");
  });

  test.each([
    ["a day that is none", "from=2025-02-30&to=2025-03-01"],
    ["an end before the begin", "from=2025-12-05&to=2025-12-01"],
    ["a range of nothing", "friction=60..20"],
    ["a range without ends", "friction=.."],
    ["a range of words", "friction=a..b"],
    ["a key that nobody knows", "colour=red"],
  ])("leave out %s", (_, query) => {
    expect(parse(query)).toEqual(noFilters());
  });

  test("take ranges that are open at one end, and below zero", () => {
    expect(parse("friction=20..").by["friction"]).toEqual({ min: 20, max: null });
    expect(parse("cost=..0.5").by["cost"]).toEqual({ min: null, max: 0.5 });
    expect(parse("cost=-1.5..0").by["cost"]).toEqual({ min: -1.5, max: 0 });
  });

  test("tell a missing value from none", () => {
    expect(parse("feedback=").by["feedback"]).toEqual({ in: [""], notIn: [] });
    expect(scopeOf(parse("feedback=")).filters).toEqual({ feedback: { in: [null] } });
  });
});

suite("a click", () => {
  const free = { in: ["free"], notIn: [] };

  test("shows one value alone, and again all", () => {
    expect(choose(undefined, "free", "only")).toEqual(free);
    expect(choose({ in: ["free", "pro"], notIn: ["x"] }, "pro", "only")).toEqual({
      in: ["pro"],
      notIn: [],
    });
    expect(choose(free, "free", "only")).toEqual({ in: [], notIn: [] });
  });

  test("with Shift adds and removes", () => {
    expect(choose(free, "pro", "add")).toEqual({ in: ["free", "pro"], notIn: [] });
    expect(choose({ in: ["free", "pro"], notIn: [] }, "free", "add")).toEqual({
      in: ["pro"],
      notIn: [],
    });
    expect(choose({ in: [], notIn: ["pro"] }, "pro", "add")).toEqual({ in: ["pro"], notIn: [] });
  });

  test("with Alt excludes and no longer does", () => {
    expect(choose(free, "free", "exclude")).toEqual({ in: [], notIn: ["free"] });
    expect(choose({ in: [], notIn: ["free"] }, "free", "exclude")).toEqual({ in: [], notIn: [] });
    expect(gestureOf({ altKey: true, shiftKey: true })).toBe("exclude");
  });
});

suite("Escape", () => {
  test("clears what was set last, the period after all else", () => {
    let filters: Filters = { ...noFilters(), period: { from: "2025-12-01", to: "2025-12-02" } };
    filters = withFilter(filters, "tier", { in: ["free"], notIn: [] });
    filters = withFilter(filters, "model", { in: ["v2.1"], notIn: [] });
    // A filter that is changed becomes the last.
    filters = withFilter(filters, "tier", { in: ["pro"], notIn: [] });
    expect(Object.keys(filters.by)).toEqual(["model", "tier"]);
    filters = withoutLast(filters);
    expect(Object.keys(filters.by)).toEqual(["model"]);
    filters = withoutLast(filters);
    expect(filters.period).not.toBeNull();
    expect(withoutLast(filters).period).toBeNull();
  });
});

suite("filters as the API takes them", () => {
  test("have values of the dimension's type", () => {
    const scope = scopeOf(
      parse("weekday=1&downloaded=true&tier=!free&friction=20..&from=2025-12-01&to=2025-12-02"),
    );
    expect(scope).toEqual({
      filters: {
        weekday: { in: [1] },
        downloaded: { in: [true] },
        tier: { not_in: ["free"] },
        friction: { min: 20 },
      },
      time_range: { from: "2025-12-01", to: "2025-12-02" },
    });
  });

  test("leave out a chart's own", () => {
    expect(scopeOf(parse("tier=free&region=asia"), ["tier"]).filters).toEqual({
      region: { in: ["asia"] },
    });
  });
});

test("a filter is said in words", () => {
  expect(describe({ in: ["safety_violation", ""], notIn: ["x"] })).toBe(
    "safety violation, unknown, not x",
  );
  expect(describe({ min: 20, max: 60 })).toBe("20 to 60");
  expect(describe({ min: null, max: 60 })).toBe("under 60");
  expect(describe({ min: 20, max: null })).toBe("from 20");
});

test("values that a filter leaves out are dimmed", () => {
  const filters = parse("tier=free&region=!asia");
  expect(isDimmed(filters, "tier", "free")).toBe(false);
  expect(isDimmed(filters, "tier", "pro")).toBe(true);
  expect(isDimmed(filters, "region", "asia")).toBe(true);
  expect(isDimmed(filters, "region", "europe")).toBe(false);
  expect(isDimmed(filters, "model", "v2.1")).toBe(false);
});
