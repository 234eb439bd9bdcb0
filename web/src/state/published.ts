// Why the page shows no numbers, or numbers older than the last run.

import type { Run } from "../api/types";

export interface Reason {
  title: string;
  hint: string;
  /** The run that explains it; null if there is none. */
  run: number | null;
  /** The text of the link to Pipeline. */
  act: string;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.trim();
}

/** Why nothing is published. `runs` are newest first; exports and tests among them never publish. */
export function nothingPublished(runs: readonly Run[]): Reason {
  const last = runs.find((run) => ["run", "build", "watch"].includes(run.command)) ?? runs[0];
  if (!last)
    return {
      title: "There are no numbers yet",
      hint: "Nothing has run. A run makes prompts, users and telemetry, tests them and publishes them; it takes a few seconds.",
      run: null,
      act: "Start a run on Pipeline",
    };
  switch (last.status) {
    case "running":
      return {
        title: `Run ${last.id} is going on`,
        hint: "The numbers appear here by themselves once it has published them.",
        run: last.id,
        act: "Follow it on Pipeline",
      };
    case "failed":
      return {
        title: `${last.published ? "The numbers are held back" : "Nothing was published"}: run ${last.id} failed`,
        hint:
          firstLine(last.message) ||
          (last.checks.fail > 0
            ? `${last.checks.fail} data ${last.checks.fail === 1 ? "test" : "tests"} failed, which holds back what was tested.`
            : "Its steps say where."),
        run: last.id,
        act: "See what failed",
      };
    case "interrupted":
      return {
        title: `Nothing was published: run ${last.id} was interrupted`,
        hint: "A run publishes at its end. The next one goes on where this one stopped.",
        run: last.id,
        act: "Run it again on Pipeline",
      };
    default:
      return {
        title: "There are no numbers",
        hint: `Run ${last.id} succeeded and published no sessions: the source may have no user and time, or the selection left the models out.`,
        run: last.id,
        act: "See what it made",
      };
  }
}

/** What a failed or interrupted run means for the numbers of `publication`; null: nothing. */
export function heldBack(run: Run | null, publication: number): string | null {
  if (!run || publication <= 0 || run.id < publication) return null;
  if (run.status !== "failed" && run.status !== "interrupted") return null;
  const what = run.status === "failed" ? "failed" : "was interrupted";
  return run.published
    ? `${what} in part: what did not pass its tests is still of an earlier run.`
    : `${what} and published nothing: the numbers are of run ${publication}.`;
}
