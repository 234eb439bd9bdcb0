// The outcomes of a table's data tests.

import type { Column, Table } from "../../api/types";

type DataTest = Column["tests"][number];

export interface Outcomes {
  all: number;
  failed: number;
}

export function isBad(test: DataTest): boolean {
  return test.status === "fail" || test.status === "error" || test.status === "warn";
}

/** Of the table as a whole and of its columns. */
export function testsOf(table: Table): Outcomes {
  const all = [...table.tests, ...table.columns.flatMap((column) => column.tests)];
  return { all: all.length, failed: all.filter(isBad).length };
}

/** "not null", "unique", "accepted values": what a test asks, in a word or two. */
export function testName(test: DataTest): string {
  return test.kind.replace(/^dbt_utils\./, "").replaceAll("_", " ");
}
