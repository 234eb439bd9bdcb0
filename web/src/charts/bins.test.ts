import { expect, test } from "vitest";
import { binAt, binsOf, folded, heightOf } from "./bins";

test("bins of one width have heights that are their counts", () => {
  const bins = binsOf([0, 5, 10, 15], [4, 3, 2, 1]);
  expect(bins).toMatchObject({ equal: true, unit: 5, total: 20, left: [0, 5, 10, 15] });
  expect(heightOf(bins, 2, 2)).toBe(2);
});

test("a bar of a wider bin is wider and lower: its area is its count", () => {
  const edges = [0, 1, 2, 4, 8, 16, 32];
  const counts = [10, 10, 20, 40, 80, 160, 50];
  const bins = binsOf(edges, counts);
  expect(bins.equal).toBe(false);
  expect(bins.width).toEqual([1, 1, 2, 4, 8, 16, 16]);
  // As many a unit everywhere: a flat course, which equal bars would show as a steep one.
  expect(counts.slice(0, 6).map((count, bin) => heightOf(bins, bin, count))).toEqual([
    10, 10, 10, 10, 10, 10,
  ]);
  counts.forEach((count, bin) =>
    expect((heightOf(bins, bin, count) * bins.width[bin]!) / bins.unit).toBeCloseTo(count),
  );
});

test("a long thin tail is one bar, and nothing is lost", () => {
  const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 50, 100];
  const counts = [500, 200, 100, 80, 60, 40, 10, 5, 2, 1, 1, 1];
  const bins = binsOf(edges, counts);
  expect(bins.edges).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(bins.equal).toBe(true);
  expect(folded(bins, counts)).toEqual([500, 200, 100, 80, 60, 40, 20]);
});

test("nothing and little stand", () => {
  expect(binsOf([0, 1, 5], [0, 0, 0]).edges).toEqual([0, 1, 5]);
  expect(binsOf([0], [3])).toMatchObject({ width: [1], total: 1 });
  expect(folded(binsOf([0], [3]), [3])).toEqual([3]);
});

test("a place is in the bin that is drawn there", () => {
  const bins = binsOf([0, 1, 2, 4, 8, 16, 32], [1, 1, 1, 1, 1, 1, 9]);
  expect([-1, 0, 1, 1.5, 3.9, 4, 1000].map((place) => binAt(bins, place))).toEqual([
    0, 0, 1, 1, 2, 3, 6,
  ]);
});
