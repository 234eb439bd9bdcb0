// Colours of values, the same on every page.

const kTiers = ["free", "pro", "enterprise"];
const kStatuses = ["success", "timeout", "safety_violation", "rate_limited", "model_error"];
const kCategories: Record<string, string> = {
  low: "var(--friction-1)",
  medium: "var(--friction-3)",
  high: "var(--friction-5)",
};

/** The colour of a value of a dimension; the default is that of a series. */
export function colorOf(dimension: string, value: string): string {
  if (dimension === "tier" && kTiers.includes(value)) return `var(--tier-${value})`;
  if (dimension === "status" && kStatuses.includes(value)) return `var(--status-${value})`;
  if (dimension === "friction_category") return kCategories[value] ?? "var(--series)";
  return "var(--series)";
}

/** The five colours of the friction scale, from low to high. */
export const kFrictionSteps = [1, 2, 3, 4, 5].map((step) => `var(--friction-${step})`);

/** The colour of a score from 0 to 100. */
export function frictionColor(score: number): string {
  const step = Math.min(4, Math.max(0, Math.floor(score / 20)));
  return kFrictionSteps[step]!;
}

/** The colours of the parts of the score. */
export const kPartColors = {
  errors: "var(--friction-5)",
  latency: "var(--friction-3)",
  retries: "var(--friction-2)",
} as const;
