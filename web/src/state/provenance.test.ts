import { describe, expect, it } from "vitest";
import { origins, originsInShort } from "./provenance";

const all = (origin: "observed" | "simulated") =>
  ["users", "times", "latency"].map((signal) => ({ signal, origin }));
const some = [
  { signal: "users", origin: "observed" as const },
  { signal: "times", origin: "observed" as const },
  { signal: "status", origin: "mixed" as const },
  { signal: "latency", origin: "simulated" as const },
  { signal: "cost", origin: "simulated" as const },
];

describe("Where signals come from", () => {
  it("is one word where it is the same for all", () => {
    expect(origins(all("simulated"))).toBe("all signals simulated");
    expect(originsInShort(all("simulated"))).toBe("all signals simulated");
    expect(originsInShort(all("observed"))).toBe("all signals observed");
  });
  it("names the signals where some are observed, and never calls the rest so", () => {
    expect(origins(some)).toBe(
      "observed: users, times; in part observed: status; simulated: latency, cost",
    );
    expect(originsInShort(some)).toBe("users, times observed, status in part, 2 simulated");
  });
  it("says unknown where a source lacks a signal and nothing was drawn", () => {
    expect(origins([...some, { signal: "feedback", origin: "unknown" as const }])).toContain(
      "; unknown: feedback",
    );
  });
});
