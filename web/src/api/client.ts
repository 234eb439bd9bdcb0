// Requests to the server. Every error is thrown as a Failure, which has a hint, or as an AbortError.

import type { ErrorBody } from "./types";

export class Failure extends Error {
  readonly hint: string;
  /** A code of the API's contract; `unreachable`: no answer came; `internal`: any other error. */
  readonly code: string;
  /** Where in the SQL statement the error is. */
  readonly line: number | null;
  readonly column: number | null;

  constructor(body: ErrorBody) {
    super(body.error);
    this.hint = body.hint;
    this.code = body.code;
    this.line = body.line ?? null;
    this.column = body.column ?? null;
  }
}

/** Whatever was thrown, as a Failure. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure({ error: String(error), hint: "", code: "internal" });
}

export function isFailure(answer: object): answer is ErrorBody {
  return "error" in answer && "code" in answer;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function ask(method: string, path: string, body: unknown, signal?: AbortSignal) {
  const init: RequestInit = { method, headers: { accept: "application/json" } };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  try {
    return await fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Failure({
      error: "The server does not answer",
      hint: "Is gsa serve still running? The page asks again by itself.",
      code: "unreachable",
    });
  }
}

async function failureOf(response: Response): Promise<Failure> {
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null && isFailure(body)) return new Failure(body);
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  return new Failure({
    error: `The server answered with status ${response.status}`,
    hint: "",
    code: "internal",
  });
}

async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer(await ask("GET", path, undefined, signal));
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return answer(await ask("POST", path, body, signal));
}

export async function remove(path: string): Promise<void> {
  await answer(await ask("DELETE", path, undefined));
}
