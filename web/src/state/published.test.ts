import { expect, test } from "vitest";
import type { Run } from "../api/types";
import { heldBack, nothingPublished } from "./published";

const run = (id: number, over: Partial<Run>): Run => ({
  id,
  command: "run",
  options: "",
  status: "success",
  message: "",
  started_at: null,
  ended_at: null,
  seconds: 1,
  published: false,
  assets_made: 0,
  assets_fresh: 0,
  checks: { pass: 0, warn: 0, fail: 0 } as Run["checks"],
  peak_memory_bytes: null,
  threads: null,
  gsa_version: "",
  ...over,
});

test("the reason is that of the last run, and so is the step that helps", () => {
  expect(nothingPublished([])).toMatchObject({ run: null, act: "Start a run on Pipeline" });
  expect(nothingPublished([run(1, { status: "running" })]).act).toBe("Follow it on Pipeline");
  expect(
    nothingPublished([
      run(2, { status: "failed", message: "no such file: x.csv\nmore" }),
      run(1, {}),
    ]),
  ).toMatchObject({
    title: "Nothing was published: run 2 failed",
    hint: "no such file: x.csv",
    run: 2,
    act: "See what failed",
  });
  expect(
    nothingPublished([
      run(3, { status: "failed", checks: { pass: 9, warn: 0, fail: 1 } as Run["checks"] }),
    ]).hint,
  ).toBe("1 data test failed, which holds back what was tested.");
  expect(nothingPublished([run(1, { status: "interrupted" })]).act).toMatch(/again/);
  expect(nothingPublished([run(4, { status: "failed", published: true })]).title).toBe(
    "The numbers are held back: run 4 failed",
  );
  // An export explains nothing.
  expect(
    nothingPublished([
      run(2, { command: "export", status: "failed" }),
      run(1, { status: "failed" }),
    ]).run,
  ).toBe(1);
});

test("a run that failed after the last publication is told, an older one is not", () => {
  expect(heldBack(run(5, { status: "failed" }), 4)).toBe(
    "failed and published nothing: the numbers are of run 4.",
  );
  expect(heldBack(run(5, { status: "failed", published: true }), 5)).toMatch(/^failed in part/);
  expect(heldBack(run(5, { status: "interrupted" }), 4)).toMatch(/^was interrupted/);
  expect(heldBack(run(3, { status: "failed" }), 4)).toBeNull();
  expect(heldBack(run(5, {}), 5)).toBeNull();
  expect(heldBack(run(5, { status: "failed" }), 0)).toBeNull();
  expect(heldBack(null, 4)).toBeNull();
});
