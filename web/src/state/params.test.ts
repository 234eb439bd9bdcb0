import { expect, test } from "vitest";
import { misread, oneOf } from "./params";
import type { PageName } from "./routes";
import { knowNames } from "./sample";
import { terms } from "./terms.svelte";

knowNames();

const faults = (query: string, page: PageName = "friction") =>
  misread(new URLSearchParams(query), page, terms).map((one) => `${one.key}: ${one.why}`);

test("an address that is understood is left alone", () => {
  expect(
    faults(
      "from=2025-12-01&to=2025-12-31&compare=none&tier=free&tier=!pro&friction=20..60&split=region",
    ),
  ).toEqual([]);
  expect(faults("sort=-friction&weekday=1&downloaded=true&feedback=", "sessions")).toEqual([]);
  expect(faults("q=select 1&view=chart", "sql")).toEqual([]);
  expect(faults("run=3&asset=fct_sessions", "pipeline")).toEqual([]);
  // Of another page.
  expect(faults("sort=-friction&token=abc")).toEqual([]);
});

test.each([
  ["from=2025-12-31&to=2025-12-01", "from: the period ends on 2025-12-01, before it begins"],
  ["from=2025-13-01&to=2025-12-01", "from: a day is written 2025-12-05"],
  ["from=2025-12-01", "from: a period has from and to"],
  ["to=2025-12-01", "to: a period has from and to"],
  ["compare=last", "compare: it is none or previous"],
  ["friction=60..20", "friction: the range ends before it begins"],
  ["friction=abc", "friction: a range is written 20..60, 20.. or ..60"],
  ["weekday=monday", "weekday: it is a whole number"],
  ["user=!x", "user: it is a whole number"],
  ["downloaded=maybe", "downloaded: it is true or false"],
  ["colour=red", "colour: no page and no filter has this name"],
  ["split=colour", "split: it is one of tier, region, device, model, complexity, session_length"],
])("%s is told", (query, fault) => {
  expect(faults(query)).toEqual([fault]);
});

test("a page's own parameters are told as well", () => {
  expect(faults("sort=colour", "sessions")[0]).toMatch(/^sort: it is one of session_start, /);
  expect(faults("run=abc", "pipeline")).toEqual(["run: a run is a whole number"]);
  expect(faults("run=-1", "pipeline")).toHaveLength(1);
  expect(faults("view=pie", "sql")).toEqual(["view: it is one of table, chart"]);
  const offered = terms.chart("top_users")!.measures;
  expect(oneOf(offered, "nobody")).toBe("cost");
  expect(oneOf(offered, "retries")).toBe("retries");
  expect(faults("top=colour", "cost")).toEqual(["top: it is one of cost, wasted_cost, retries"]);
});
