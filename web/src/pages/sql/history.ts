// The history of queries, newest first, in the local storage of the browser.

const kKey = "gsa.sql.history";
const kMaxEntries = 50;

export interface Past {
  sql: string;
  /** ISO time. */
  at: string;
}

export function readHistory(): Past[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(kKey) ?? "[]");
    return Array.isArray(list) ? list.filter(isPast).slice(0, kMaxEntries) : [];
  } catch {
    return [];
  }
}

function isPast(item: unknown): item is Past {
  const past = item as Partial<Past> | null;
  return typeof past?.sql === "string" && typeof past.at === "string";
}

/** Adds a query at the front, removes older ones with the same text, and saves the list. */
export function remember(list: readonly Past[], sql: string, at: string): Past[] {
  const next = [{ sql, at }, ...list.filter((past) => past.sql !== sql)].slice(0, kMaxEntries);
  try {
    localStorage.setItem(kKey, JSON.stringify(next));
  } catch {
    // Storage is full or turned off: the list lasts until the page is closed.
  }
  return next;
}
