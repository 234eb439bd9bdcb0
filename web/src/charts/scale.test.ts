import { expect, test } from "vitest";
import { anchorOf, barAxis, everyNth, inWholes, lineAxis } from "./scale";

test("bars begin at zero, whatever the values", () => {
  expect(barAxis([90, 100], 100).scale(0)).toBe(0);
  expect(barAxis([-5, 10], 100).scale(0)).toBeGreaterThan(0);
  expect(barAxis([], 100).scale(0)).toBe(0);
});

test("a line of small changes begins near them and says so; one of large ones begins at zero", () => {
  const near = lineAxis([24, 25, 26], 100);
  expect(near.fromZero).toBe(false);
  expect(near.scale.domain()[0]).toBeGreaterThan(23);
  expect(lineAxis([0, 5], 100).fromZero).toBe(true);
  expect(lineAxis([2, 10], 100).fromZero).toBe(true);
});

test("an axis that does not begin at zero begins at a round number", () => {
  expect(lineAxis([22.4, 26.6], 100).scale.domain()[0]).toBe(22);
  expect(lineAxis([0.9236, 0.9642], 100).scale.domain()[0]).toBe(0.92);
});

test("the texts of the first tick and of the last stay within the axis", () => {
  expect([0, 200, 390].map((x) => anchorOf(x, 400))).toEqual(["start", "middle", "end"]);
});

test("an axis of nothing, or of one value, stands", () => {
  expect(lineAxis([null, undefined, NaN], 100).ticks).toEqual([]);
  const one = lineAxis([5, 5], 100);
  expect(Number.isFinite(one.scale(5))).toBe(true);
  expect(lineAxis([0, 0], 100).scale(0)).toBeGreaterThan(0);
});

test("there are at most as many ticks as asked for, evenly apart", () => {
  for (let n = 1; n < 400; n += 1) {
    const places = everyNth(n, 7);
    expect(places.length).toBeLessThanOrEqual(7);
    expect(places[0]).toBe(0);
  }
  expect(everyNth(0, 7)).toEqual([]);
  expect(everyNth(20, 7)).toEqual([0, 4, 8, 12, 16]);
});

test("an axis of shares ends at all of them, unless a value goes beyond", () => {
  expect(lineAxis([0.2, 0.99], 100, 4, 1).scale.domain()).toEqual([0, 1]);
  expect(lineAxis([0.97, 0.999], 100, 4, 1).scale.domain()[1]).toBe(1);
  expect(lineAxis([0.2, 1.5], 100, 4, 1).scale.domain()[1]).toBeGreaterThanOrEqual(1.5);
  expect(lineAxis([0, 5], 100).scale.domain()[1]).toBeGreaterThan(5);
});

test("what is counted has no tick at half of one", () => {
  expect(inWholes(barAxis([1, 2], 100)).ticks).toEqual([0, 1, 2]);
  expect(inWholes(lineAxis([0, 1], 100)).ticks).toEqual([0, 1]);
  expect(inWholes(barAxis([90, 100], 100)).ticks).toContain(20);
});
