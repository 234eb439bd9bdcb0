import { describe, expect, it } from "vitest";
import type { RunPlan } from "../../api/types";
import { isDestructive, reasons, summary } from "./plan";

const plan: RunPlan = {
  needs_download: false,
  source: "synthetic",
  behavior: "simulated",
  prompts: 10000,
  users: 500,
  seed: "42",
  months: ["2025-12"],
  is_empty: false,
  assets: [
    {
      asset: "raw_prompts",
      partition: "2025-12",
      reason: "--full-refresh",
      depends_on_outcome: false,
    },
    { asset: "raw_users", partition: null, reason: "--full-refresh", depends_on_outcome: false },
    { asset: "dim_users", partition: null, reason: "upstream", depends_on_outcome: true },
  ],
  gone: [],
  dropped_months: [],
  checks: 1,
};

describe("The plan of a run", () => {
  it("is destructive where months or relations go", () => {
    expect(isDestructive(plan)).toBe(false);
    expect(isDestructive({ ...plan, dropped_months: ["2025-11"] })).toBe(true);
    expect(isDestructive({ ...plan, gone: ["old_model"] })).toBe(true);
  });
  it("groups assets by why they are made", () => {
    expect(reasons(plan)).toEqual([
      { reason: "--full-refresh", assets: ["raw_prompts 2025-12", "raw_users"] },
      { reason: "only if what they read comes out different", assets: ["dim_users"] },
    ]);
  });
  it("says how much is made, and what must be fetched first", () => {
    expect(summary(plan)).toBe(
      "3 assets to make, 1 check to ask: simulated behaviour, 10,000 prompts of synthetic.",
    );
    expect(summary({ ...plan, months: ["2025-11", "2025-12"] })).toContain("for each of 2 months");
    expect(summary({ ...plan, needs_download: true })).toContain("fetches it first");
    expect(summary({ ...plan, is_empty: true })).toContain("Nothing is stale");
  });
});
