// Cohorts as rows of a heat map. If there are many signup weeks, a row holds several.

import type { Cohorts } from "../../api/types";

export type Cohort = Cohorts["cohorts"][number];

export interface CohortRow {
  /** The signup weeks in it. */
  weeks: string[];
  users: number;
  cells: CohortCell[];
}

export interface CohortCell {
  week: number;
  /** The users for whom this week since signup is in the period, and the active ones among them. */
  users: number;
  active: number;
}

/** At most `maxRows` rows, with the same number of signup weeks each. */
export function cohortRows(cohorts: readonly Cohort[], maxRows: number): CohortRow[] {
  const perRow = Math.max(1, Math.ceil(cohorts.length / maxRows));
  const rows: CohortRow[] = [];
  for (let first = 0; first < cohorts.length; first += perRow) {
    const some = cohorts.slice(first, first + perRow);
    const cells = new Map<number, CohortCell>();
    for (const cohort of some)
      for (const { week, active_users } of cohort.weeks) {
        const cell = cells.get(week) ?? { week, users: 0, active: 0 };
        cell.users += cohort.users;
        cell.active += active_users;
        cells.set(week, cell);
      }
    rows.push({
      weeks: some.map((cohort) => cohort.cohort_week),
      users: some.reduce((sum, cohort) => sum + cohort.users, 0),
      cells: [...cells.values()].sort((a, b) => a.week - b.week),
    });
  }
  return rows;
}

/** "2025-W04", or "2025-W04–07" of several. */
export function rowName(row: CohortRow): string {
  const first = row.weeks[0] ?? "";
  const last = row.weeks.at(-1) ?? "";
  if (row.weeks.length < 2) return first;
  return `${first}–${first.slice(0, 6) === last.slice(0, 6) ? last.slice(6) : last.slice(2)}`;
}
