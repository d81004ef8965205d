import { expect, test } from "vitest";
import { parseInline, parseText } from "./parse-text.ts";

test("marks of WhatsApp are read, also one within another", () => {
  expect(parseInline("Hi *Ann _B._*, ~49~ now `39`")).toEqual([
    { kind: "text", text: "Hi " },
    {
      kind: "bold",
      children: [
        { kind: "text", text: "Ann " },
        { kind: "italic", children: [{ kind: "text", text: "B." }] },
      ],
    },
    { kind: "text", text: ", " },
    { kind: "strike", children: [{ kind: "text", text: "49" }] },
    { kind: "text", text: " now " },
    { kind: "code", text: "39" },
  ]);
});

test("what only looks like a mark stays as it is", () => {
  for (const text of ["3 * 4 * 5", "snake_case_name", "* a*", "**", "5*6*7"]) {
    expect(parseInline(text)).toEqual([{ kind: "text", text }]);
  }
});

test("a link ends before the punctuation of its sentence", () => {
  expect(parseInline("See https://shop.example/a?b=1.")).toEqual([
    { kind: "text", text: "See " },
    { kind: "link", text: "https://shop.example/a?b=1" },
    { kind: "text", text: "." },
  ]);
});

test("quotes, lists and monospaced text are blocks", () => {
  const text = "Hello\n> so\n> be it\n- one\n- two\n1. first";
  expect(parseText(`${text}\n\`\`\`x\ny\`\`\``).map(({ kind }) => kind)).toEqual([
    "lines",
    "quote",
    "bullets",
    "numbers",
    "lines",
    "mono",
  ]);
  expect(parseText("- one\n- two")).toEqual([
    { kind: "bullets", items: [[{ kind: "text", text: "one" }], [{ kind: "text", text: "two" }]] },
  ]);
});
