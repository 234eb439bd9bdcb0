import { expect, test } from "vitest";
import { find, type Findable } from "./find";

const item = (kind: Findable["kind"], name: string, about = ""): Findable => ({
  kind,
  name,
  about,
  path: "/" + name,
});
const all = [
  item("page", "Friction"),
  item("page", "Sessions"),
  item("table", "fct_sessions", "One row per session"),
  item("table", "dim_users", "Who has sessions"),
  item("column", "fct_sessions.friction_score"),
];
const names = (typed: string, most = 9) => find(all, typed, most).map((one) => one.name);

test("nothing typed shows the pages", () => {
  expect(names("")).toEqual(["Friction", "Sessions"]);
});

test("what begins with it comes before what has it within, and names before descriptions", () => {
  expect(names("sess")).toEqual([
    "Sessions",
    "fct_sessions",
    "fct_sessions.friction_score",
    "dim_users",
  ]);
  expect(names("friction")).toEqual(["Friction", "fct_sessions.friction_score"]);
  expect(names("sess", 1)).toEqual(["Sessions"]);
});

test("a number is a session", () => {
  expect(find(all, "42", 9)[0]).toMatchObject({ kind: "session", path: "/sessions/42" });
  expect(find(all, "session 42", 9)[0]).toMatchObject({ path: "/sessions/42" });
  expect(names("zzz")).toEqual([]);
});
