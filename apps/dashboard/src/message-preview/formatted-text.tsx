import { Fragment } from "react";
import styles from "./message-preview.module.css";
import { parseText, type Block, type Inline } from "./parse-text.ts";

/** Shows a message's text with WhatsApp's formatting, in the direction of its script. */
export function FormattedText({ text }: { text: string }) {
  return parseText(text).map((block, index) => (
    <div key={index} dir="auto" className={styles["block"]}>
      <BlockView block={block} />
    </div>
  ));
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "mono":
      return <code className={styles["mono"]}>{block.text}</code>;
    case "quote":
      return (
        <blockquote className={styles["quote"]}>
          <Lines lines={block.lines} />
        </blockquote>
      );
    case "bullets":
      return (
        <ul className={styles["list"]}>
          <Items items={block.items} />
        </ul>
      );
    case "numbers":
      return (
        <ol className={styles["list"]}>
          <Items items={block.items} />
        </ol>
      );
    case "lines":
      return <Lines lines={block.lines} />;
  }
}

function Items({ items }: { items: Inline[][] }) {
  return items.map((item, index) => (
    <li key={index}>
      <Marks parts={item} />
    </li>
  ));
}

function Lines({ lines }: { lines: Inline[][] }) {
  return lines.map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      <Marks parts={line} />
    </Fragment>
  ));
}

function Marks({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => <Mark key={index} part={part} />);
}

function Mark({ part }: { part: Inline }) {
  switch (part.kind) {
    case "bold":
      return (
        <strong>
          <Marks parts={part.children} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Marks parts={part.children} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Marks parts={part.children} />
        </s>
      );
    case "code":
      return <code className={styles["code"]}>{part.text}</code>;
    case "link":
      return <span className={styles["link"]}>{part.text}</span>;
    case "text":
      return part.text;
  }
}
