// The outcomes of data tests.

import type { Column, Table } from "../../api/types";

type DataTest = Column["tests"][number];

export interface Outcomes {
  all: number;
  failed: number;
}

export function isBad(test: DataTest): boolean {
  return test.status === "fail" || test.status === "error" || test.status === "warn";
}

/** The tests of a table and of its columns, and how many of them failed. */
export function testsOf(table: Table): Outcomes {
  const all = [...table.tests, ...table.columns.flatMap((column) => column.tests)];
  return { all: all.length, failed: all.filter(isBad).length };
}

/** The kind of a test in words: "not null", "unique", "accepted values". */
export function testName(test: DataTest): string {
  return test.kind.replace(/^dbt_utils\./, "").replaceAll("_", " ");
}
