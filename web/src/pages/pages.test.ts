import { describe, expect, test } from "vitest";
import type { Asset, GenerationRow, SqlResult, Step } from "../api/types";
import { ganttEnd, ganttRows } from "./pipeline/gantt";
import { cohortRows, rowName } from "./engagement/cohorts";
import { layOut } from "./pipeline/layout";
import { requestOf, type RunForm } from "./pipeline/options";
import { clock, clockStep, place } from "./session/timeline";
import { alignedText, chartOf, digitsOf, linesOf, numberOf, sorted, tableOf } from "./sql/result";

describe("a session's timeline", () => {
  const row = (seconds: number, latency: number) =>
    ({ seconds_since_start: seconds, latency_ms: latency }) as GenerationRow;

  test("puts what overlaps below each other, and fills a lane that is free again", () => {
    const lanes = place([row(0, 5000), row(1, 1000), row(3, 1000), row(6, 1000)], 0.5).map(
      (one) => one.lane,
    );
    expect(lanes).toEqual([0, 1, 1, 0]);
  });

  test("reads like a clock", () => {
    expect(clock(42)).toBe("0:42");
    expect(clock(3725)).toBe("1:02:05");
    expect(clockStep(3600, 7)).toBe(600);
    expect(clockStep(3, 7)).toBe(1);
    expect(clockStep(1e6, 7)).toBe(28_800);
  });
});

describe("a run as bars", () => {
  const step = (number: number, over: Partial<Step>): Step => ({
    step: number,
    name: "a",
    kind: "asset",
    asset: "a",
    partition: null,
    status: "success",
    reason: "",
    waited_for: [],
    lane: 1,
    attempts: 1,
    begun: 0,
    ended: 1,
    seconds: 1,
    rows: null,
    message: "",
    ...over,
  });

  test("has a row an asset and partition, with the checks where the asset is", () => {
    const rows = ganttRows(
      [
        step(1, { partition: "2025-11" }),
        step(2, { partition: "2025-12" }),
        step(3, { kind: "check", name: "not_null", begun: 1, ended: 2 }),
        step(4, { name: "b", asset: "b", status: "fail" }),
        step(5, { name: "later", begun: null, ended: null }),
      ],
      9,
    );
    expect(rows.map((row) => [row.label, row.bars.length])).toEqual([
      ["a 2025-11", 1],
      ["a 2025-12", 2],
      ["b", 1],
    ]);
    expect(rows[2]!.status).toBe("fail");
  });

  test("ends what is running now", () => {
    const steps = [step(1, { status: "running", begun: 2, ended: null })];
    expect(ganttRows(steps, 7)[0]!.bars[0]).toMatchObject({ from: 2, to: 7 });
    expect(ganttEnd(steps, 7)).toBe(7);
  });
});

describe("the graph", () => {
  const asset = (name: string, level: number, inputs: string[], outputs: string[]) =>
    ({ name, level, inputs, outputs }) as Asset;

  test("draws each asset once, behind its inputs, and crosses no lines that it need not", () => {
    const layout = layOut([
      asset("a", 0, [], ["d"]),
      asset("b", 0, [], ["c"]),
      asset("c", 1, ["b"], []),
      asset("d", 1, ["a"], []),
    ]);
    const row = (name: string) => layout.nodes.find((node) => node.asset.name === name)!.row;
    expect(layout.edges).toHaveLength(2);
    expect(row("a") < row("b")).toBe(row("d") < row("c"));
    expect(layout).toMatchObject({ columns: 2, rows: 2 });
  });

  test("leads a line past the assets between", () => {
    const layout = layOut([
      asset("a", 0, [], ["b", "c"]),
      asset("b", 1, ["a"], ["c"]),
      asset("c", 2, ["a", "b"], []),
    ]);
    const long = layout.edges.find(
      (edge) => edge.from.asset.name === "a" && edge.to.asset.name === "c",
    )!;
    const between = layout.nodes.find((node) => node.asset.name === "b")!;
    expect(long.via).toHaveLength(1);
    expect(long.via[0]!.column).toBe(1);
    // The half of an asset and that of a line.
    expect(Math.abs(long.via[0]!.row - between.row)).toBeGreaterThanOrEqual(0.7);
  });

  test("stands where an input is unknown or a level is empty", () => {
    expect(layOut([asset("x", 2, ["gone"], [])])).toMatchObject({ columns: 3, rows: 1, edges: [] });
    expect(layOut([]).nodes).toEqual([]);
  });
});

describe("the form of a run", () => {
  const form: RunForm = {
    source: "",
    prompts: "",
    users: "",
    seed: "",
    month: "",
    behavior: "",
    select: "",
    full: false,
  };

  test("leaves out what is empty", () => {
    expect(requestOf(form)).toEqual({ request: {} });
    expect(
      requestOf({
        ...form,
        prompts: "10,000",
        seed: "7",
        month: "2025-10..2025-12",
        select: "stale+, x",
        full: true,
      }),
    ).toEqual({
      request: {
        prompts: 10_000,
        seed: 7,
        month: "2025-10..2025-12",
        select: ["stale+", "x"],
        full_refresh: true,
      },
    });
  });

  test.each([
    { prompts: "many" },
    { prompts: "0" },
    { users: "1e9" },
    { seed: "-1" },
    { month: "2025-13" },
  ])("refuses %o", (wrong) => {
    expect(requestOf({ ...form, ...wrong })).toHaveProperty("error");
  });
});

describe("a result of SQL", () => {
  const result = {
    columns: [
      { name: "day", type: "DATE", kind: "date" },
      { name: "cost", type: "DECIMAL(14,4)", kind: "decimal" },
      { name: "tags", type: "VARCHAR[]", kind: "list" },
    ],
    rows: [
      ["2025-12-01", "10.0000", ["a"]],
      ["2025-12-02", "9.5000", null],
      ["2025-12-03", null, []],
    ],
  } as unknown as SqlResult;

  test("is ordered by number where the text would say otherwise, nulls last", () => {
    expect(sorted(result, "1").map((row) => row[1])).toEqual(["9.5000", "10.0000", null]);
    expect(sorted(result, "-1").map((row) => row[1])).toEqual(["10.0000", "9.5000", null]);
    expect(sorted(result, "")).toBe(result.rows);
    expect(sorted(result, "7")).toBe(result.rows);
  });

  test("is drawn over time where there is time, and not where there is no number", () => {
    expect(chartOf(result)).toEqual({ kind: "line", x: 0, y: [1] });
    expect(
      chartOf({ ...result, columns: [result.columns[0]!, result.columns[2]!] } as SqlResult),
    ).toBeNull();
    expect(chartOf({ ...result, rows: [] })).toBeNull();
  });

  test("goes to a file with every digit", () => {
    expect(tableOf(result).rows).toEqual([
      ["2025-12-01", "10.0000", '["a"]'],
      ["2025-12-02", "9.5000", null],
      ["2025-12-03", null, "[]"],
    ]);
    expect(numberOf("9007199254740993")).toBe(9007199254740992);
    expect(numberOf("x")).toBeNull();
  });
});

describe("cohorts as a map", () => {
  const cohort = (week: number, users: number, weeks: [number, number][]) => ({
    cohort_week: `2025-W${String(week).padStart(2, "0")}`,
    users,
    sessions: 1,
    ranked: true,
    values: [],
    weeks: weeks.map(([week, active_users]) => ({ week, active_users, retention: null })),
  });

  test("takes weeks together where there are many, and only those users that could be active", () => {
    const [row, ...others] = cohortRows(
      [cohort(1, 10, [[4, 5]]), cohort(2, 30, [[3, 6], [4, 3]])], // prettier-ignore
      1,
    );
    expect(others).toEqual([]);
    expect(row!.users).toBe(40);
    expect(row!.cells).toEqual([
      { week: 3, users: 30, active: 6 },
      { week: 4, users: 40, active: 8 },
    ]);
    expect(rowName(row!)).toBe("2025-W01–02");
  });

  test("leaves few as they are", () => {
    const rows = cohortRows([cohort(1, 10, []), cohort(2, 30, [])], 18);
    expect(rows.map(rowName)).toEqual(["2025-W01", "2025-W02"]);
  });
});

describe("numbers of a result", () => {
  const result = (values: unknown[], kind = "number") =>
    ({
      columns: [{ name: "x", type: "DOUBLE", kind }],
      rows: values.map((value) => [value]),
    }) as never;

  test("stand in line", () => {
    expect(digitsOf(result([29, 22.9, null]), 0)).toBe(1);
    expect(alignedText(29, 1)).toBe("29.0");
    expect(alignedText(null, 1)).toBe("null");
  });

  test("are as they are where that would hide digits or add many", () => {
    expect(digitsOf(result([1 / 3]), 0)).toBeNull();
    expect(digitsOf(result([1e-9]), 0)).toBeNull();
    expect(digitsOf(result([1, 2], "integer"), 0)).toBeNull();
    expect(alignedText(1 / 3, null)).toBe(String(1 / 3));
  });
});

describe("lines of a result", () => {
  const result = (rows: unknown[][]) =>
    ({
      columns: [
        { name: "day", type: "DATE", kind: "date" },
        { name: "tier", type: "VARCHAR", kind: "text" },
        { name: "n", type: "BIGINT", kind: "integer" },
      ],
      rows,
    }) as unknown as SqlResult;

  test("are one for each value of the column that tells the rows of a day apart", () => {
    const { keys, lines } = linesOf(
      result([
        ["2025-12-02", "pro", 3],
        ["2025-12-01", "free", 1],
        ["2025-12-01", "pro", 2],
        [null, "pro", 9],
      ]),
      0,
      [2],
    );
    expect(keys).toEqual(["2025-12-01", "2025-12-02"]);
    expect(lines).toEqual([
      { label: "free", values: [1, null] },
      { label: "pro", values: [2, 3] },
    ]);
  });

  test("are of the columns where each row has a time of its own", () => {
    const { keys, lines } = linesOf(
      result([
        ["2025-12-05", "b", 2],
        ["2025-12-01", "a", 1],
      ]),
      0,
      [2],
    );
    expect(keys).toEqual(["2025-12-01", "2025-12-05"]);
    expect(lines).toEqual([{ label: "n", values: [1, 2] }]);
  });
});
