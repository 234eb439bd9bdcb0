// The words that a prompt adds to and removes from the previous prompt.

export interface Word {
  text: string;
  kind: "same" | "added" | "removed";
}

// Only the first words of a longer prompt are compared: the cost is quadratic.
const kMaxWords = 400;

/** The words of both texts in order, each the same, added or removed. */
export function diffWords(before: string, now: string): Word[] {
  const a = before.split(/\s+/).filter(Boolean).slice(0, kMaxWords);
  const b = now.split(/\s+/).filter(Boolean).slice(0, kMaxWords);
  // longest[i][j]: the length of the longest common subsequence of a from i and b from j.
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const words: Word[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      words.push({ text: b[j]!, kind: "same" });
      i += 1;
      j += 1;
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
      words.push({ text: a[i++]!, kind: "removed" });
    else words.push({ text: b[j++]!, kind: "added" });
  }
  for (; i < a.length; i += 1) words.push({ text: a[i]!, kind: "removed" });
  for (; j < b.length; j += 1) words.push({ text: b[j]!, kind: "added" });
  return words;
}

/** The share of the longer text's words that are the same. */
export function likeness(words: readonly Word[]): number {
  const count = (kind: Word["kind"]) => words.filter((word) => word.kind === kind).length;
  const same = count("same");
  return same / Math.max(1, same + Math.max(count("added"), count("removed")));
}
