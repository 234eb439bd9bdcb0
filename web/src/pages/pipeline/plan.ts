// The plan of a run in words.

import { count } from "../../format/numbers";
import type { RunPlan } from "../../api/types";

/** Whether the run drops data that readers have, so that it needs a confirmation. */
export function isDestructive(plan: RunPlan): boolean {
  return plan.dropped_months.length > 0 || plan.gone.length > 0;
}

/** The assets grouped by the reason why they are made, in the order of the plan: "fct_sessions,
 *  dim_users: its SQL changed". */
export function reasons(plan: RunPlan): { reason: string; assets: string[] }[] {
  const found = new Map<string, string[]>();
  for (const asset of plan.assets) {
    const name = asset.partition ? `${asset.asset} ${asset.partition}` : asset.asset;
    const reason = asset.depends_on_outcome
      ? "only if what they read comes out different"
      : asset.reason;
    found.set(reason, [...(found.get(reason) ?? []), name]);
  }
  return [...found].map(([reason, assets]) => ({ reason, assets }));
}

/** The rows that the run makes, in a sentence. */
export function summary(plan: RunPlan): string {
  if (plan.needs_download)
    return `${plan.source} is not here yet: the run fetches it first, and then makes what is stale.`;
  if (plan.is_empty) return "Nothing is stale: all assets are up to date.";
  const many = plan.months.length > 1 ? ` for each of ${count(plan.months.length, "month")}` : "";
  return (
    `${count(plan.assets.length, "asset")} to make, ${count(plan.checks, "check")} to ask: ` +
    `${plan.behavior} behaviour, ${count(plan.prompts, "prompt")} of ${plan.source}${many}.`
  );
}
