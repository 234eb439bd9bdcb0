// The types of columns in short.

const kMostWords = 6;

/** "integer"; of an enumeration its words as they are, or how many there are: they may be thousands. */
export function typeText(type: string): string {
  const words = /^ENUM\((.*)\)$/s.exec(type)?.[1];
  if (words === undefined) return type.toLowerCase();
  const all = words.match(/'(?:[^']|'')*'/g) ?? [];
  if (all.length > kMostWords) return `enum of ${all.length} words`;
  return `enum(${all.join(", ")})`;
}
