// The sessions that match the filters, loaded page by page as the table shows them.

import { asFailure, get, isAbort, type Failure } from "../../api/client";
import type { SessionPage, SessionRow, Value } from "../../api/types";
import { live } from "../../state/live.svelte";
import type { Scope } from "../../state/scope";

/** A session: what every row has, and its values in the columns of the project, by name. */
export interface ListedSession {
  row: SessionRow;
  values: Record<string, Value>;
}

const kPageRows = 100;
// Pages that fast scrolling passes are not loaded: only those visible for so long.
const kStayMs = 50;

class SessionRows {
  total = $state(0);
  loading = $state(true);
  error = $state.raw<Failure | null>(null);
  #pages = $state.raw(new Map<number, ListedSession[]>());
  #wanted = $state.raw<readonly number[]>([0]);
  #retries = $state(0);

  constructor(scope: () => Scope, sort: () => string) {
    const key = $derived(JSON.stringify([scope(), sort()]));
    let loadedFor = "";
    $effect(() => {
      const current = `${key} ${live.epoch} ${this.#retries}`;
      const changed = current !== loadedFor;
      const missing = this.#wanted.filter((page) => changed || !this.#pages.has(page));
      if (missing.length === 0) return;
      const controller = new AbortController();
      this.loading = true;
      const ask = setTimeout(
        () => {
          Promise.all(missing.map((page) => load(scope(), sort(), page, controller.signal))).then(
            (answers) => {
              if (controller.signal.aborted) return;
              const pages = changed ? new Map<number, ListedSession[]>() : new Map(this.#pages);
              answers.forEach((answer, place) => pages.set(missing[place]!, listed(answer)));
              loadedFor = current;
              this.total = answers[0]!.total;
              this.error = null;
              this.loading = false;
              this.#pages = pages;
            },
            (error: unknown) => {
              if (controller.signal.aborted || isAbort(error)) return;
              this.error = asFailure(error);
              this.loading = false;
              if (this.error.code === "unreachable") live.whenBack(this.retry);
            },
          );
        },
        changed ? 0 : kStayMs,
      );
      return () => {
        clearTimeout(ask);
        controller.abort();
      };
    });
  }

  rowAt(index: number): ListedSession | undefined {
    return this.#pages.get(Math.floor(index / kPageRows))?.[index % kPageRows];
  }

  readonly loadVisible = (from: number, to: number): void => {
    const first = Math.floor(from / kPageRows);
    const last = Math.floor(Math.max(from, to - 1) / kPageRows);
    const wanted = Array.from({ length: last - first + 1 }, (_, place) => first + place);
    if (wanted.join() !== this.#wanted.join()) this.#wanted = wanted;
  };

  readonly retry = (): void => {
    this.#retries += 1;
  };
}

function listed(page: SessionPage): ListedSession[] {
  return page.rows.map((row, place) => ({
    row,
    values: Object.fromEntries(
      page.columns.map((name, column) => [name, page.values[place]?.[column] ?? null]),
    ),
  }));
}

export type { SessionRows };

/** Starts an effect that loads the pages in sight: call it while a component initialises. */
export function useSessionRows(scope: () => Scope, sort: () => string): SessionRows {
  return new SessionRows(scope, sort);
}

/** The address of all rows as a CSV file. */
export function csvAddress(scope: Scope, sort: string): string {
  return `/api/sessions.csv?${queryOf(scope, sort).toString()}`;
}

function queryOf(scope: Scope, sort: string): URLSearchParams {
  const query = new URLSearchParams({ filters: JSON.stringify(scope.filters), sort });
  if (scope.time_range.from) query.set("from", scope.time_range.from);
  if (scope.time_range.to) query.set("to", scope.time_range.to);
  return query;
}

function load(scope: Scope, sort: string, page: number, signal: AbortSignal): Promise<SessionPage> {
  const query = queryOf(scope, sort);
  query.set("limit", String(kPageRows));
  query.set("offset", String(page * kPageRows));
  return get(`/api/sessions?${query.toString()}`, signal);
}
