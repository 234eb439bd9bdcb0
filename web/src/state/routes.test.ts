import { expect, test } from "vitest";
import { kPages, parsePath, pathOf, sectionOf } from "./routes";

test("each page is at its address, with and without a slash at the end", () => {
  for (const page of kPages) {
    expect(parsePath(page.path)).toEqual({ page: page.name });
    if (page.path !== "/") expect(parsePath(page.path + "/")).toEqual({ page: page.name });
  }
});

test("a session and a table have addresses of their own", () => {
  expect(parsePath("/sessions/42")).toEqual({ page: "session", id: "42" });
  expect(parsePath("/data/ops.runs")).toEqual({ page: "table", id: "ops.runs" });
  const odd = { page: "table", id: 'a "b"/c%' } as const;
  expect(parsePath(pathOf(odd))).toEqual(odd);
});

test("elsewhere is nothing", () => {
  for (const path of ["/nowhere", "/sessions/1/2", "/friction/1", "/data/%E0%A4%A"])
    expect(parsePath(path)).toBeNull();
});

test("details belong to their page in the navigation", () => {
  expect(sectionOf({ page: "session", id: "1" }).path).toBe("/sessions");
  expect(sectionOf({ page: "table", id: "x" }).path).toBe("/data");
});
