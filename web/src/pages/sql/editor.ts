// The SQL editor: CodeMirror in a shadow root. There its style sheets are objects; elsewhere they are
// <style> elements, which the content security policy refuses.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeFromList,
  completionKeymap,
  type Completion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, sql, type SQLNamespace } from "@codemirror/lang-sql";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { SqlSchema } from "../../api/types";
import { typeText } from "../../format/types";

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--paper)", color: "var(--ink)", fontSize: "var(--t13)" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { caretColor: "var(--ink)", fontFamily: "var(--mono)", padding: "8px 0" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.5",
    maxHeight: "40vh",
    minHeight: "7em",
  },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--ink-3)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "var(--accent-soft)" },
  ".cm-matchingBracket": { backgroundColor: "var(--paper-3)", outline: "1px solid var(--line-2)" },
  ".cm-wrong": { backgroundColor: "var(--bad-soft)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    border: "1px solid var(--line-2)",
    borderRadius: "6px",
    boxShadow: "var(--float)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "var(--t12)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal" },
  ".cm-completionInfo": { color: "var(--ink-2)", fontFamily: "var(--font)", maxWidth: "320px" },
  ".cm-completionMatchedText": { color: "var(--accent)", textDecoration: "none" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.operator, tags.punctuation], color: "var(--ink-2)" },
]);

// Replaces a selection that is typed over. The browser itself would add inline styles, which the policy
// refuses.
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const typed = event.inputType === "insertText" && event.data !== null;
    if (!typed || event.isComposing || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data!), { userEvent: "input.type" });
    return true;
  },
});

// Invisible joiners and formats to mark, besides those that CodeMirror marks.
const kUnseen = /[\u180e\u200c\u200d\u2060-\u2065\u2068\u206a-\u206f]/g;

const markLine = StateEffect.define<number | null>();
const wrongLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    // Typing may have fixed the error.
    let now = change.docChanged ? Decoration.none : marks;
    for (const effect of change.effects) {
      if (!effect.is(markLine)) continue;
      const line = effect.value;
      now =
        line === null || line < 1 || line > change.state.doc.lines
          ? Decoration.none
          : Decoration.set(
              Decoration.line({ class: "cm-wrong" }).range(change.state.doc.line(line).from),
            );
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface Editor {
  text(): string;
  set(text: string): void;
  insert(text: string): void;
  /** Sets the names that can be completed. */
  know(schema: SqlSchema): void;
  /** Marks a line as wrong, counted from 1; null removes the mark. */
  mark(line: number | null): void;
  focus(): void;
  destroy(): void;
}

export interface EditorOptions {
  text: string;
  run: () => void;
}

function namespaceOf(schema: SqlSchema): SQLNamespace {
  const root: Record<string, SQLNamespace> = {};
  for (const table of schema.tables) {
    const columns = table.columns.map((column): Completion => ({
      label: column.name,
      detail: typeText(column.type),
      info: column.description,
      type: "property",
    }));
    const self: SQLNamespace = {
      self: { label: table.name, detail: table.kind, info: table.description, type: "type" },
      children: columns,
    };
    if (table.schema === "main") root[table.name] = self;
    else root[table.schema] = { ...(root[table.schema] as object), [table.name]: self };
  }
  return root;
}

export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.attachShadow({ mode: "open" });
  const language = new Compartment();
  const run = () => {
    options.run();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Mod-Enter", run },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        lineNumbers(),
        history(),
        highlightSpecialChars({ addSpecialChars: kUnseen }),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          // Escape and then Tab leaves the editor: see the label.
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": "SQL. Ctrl and Enter runs it; Escape, then Tab, leaves the editor.",
        }),
        EditorView.lineWrapping,
        placeholder("select … from fct_sessions"),
        wrongLine,
        typeOver,
        theme,
        syntaxHighlighting(colours),
        language.of(sql({ dialect: PostgreSQL })),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    know(schema) {
      const functions = completeFromList(
        schema.functions.map((name) => ({ label: name, type: "function", apply: `${name}(` })),
      );
      view.dispatch({
        effects: language.reconfigure([
          sql({ dialect: PostgreSQL, schema: namespaceOf(schema) }),
          PostgreSQL.language.data.of({ autocomplete: functions }),
        ]),
      });
    },
    mark: (line) => view.dispatch({ effects: markLine.of(line) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
