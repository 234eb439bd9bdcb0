// The main cause of the friction of a session.

import type { SessionRow } from "../../api/types";

export type Cause = "errors" | "latency" | "retries";

type Points = Pick<
  SessionRow,
  "friction_error_points" | "friction_latency_points" | "friction_retry_points"
>;

/** The largest part of the score; of equal parts the first in the order errors, latency, retries.
 *  null: no friction. */
export function causeOf(row: Points): Cause | null {
  const parts: [Cause, number][] = [
    ["errors", row.friction_error_points],
    ["latency", row.friction_latency_points],
    ["retries", row.friction_retry_points],
  ];
  const largest = Math.max(...parts.map(([, points]) => points));
  return largest > 0 ? parts.find(([, points]) => points === largest)![0] : null;
}
