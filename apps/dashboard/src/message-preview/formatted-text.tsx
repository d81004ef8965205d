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
    case "numbers": {
      const Tag = block.kind === "bullets" ? "ul" : "ol";
      return (
        <Tag className={styles["list"]}>
          {block.items.map((item, index) => (
            <li key={index}>
              <Marks parts={item} />
            </li>
          ))}
        </Tag>
      );
    }
    case "lines":
      return <Lines lines={block.lines} />;
  }
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

const markTags = { bold: "strong", italic: "em", strike: "s" } as const;

function Mark({ part }: { part: Inline }) {
  switch (part.kind) {
    case "bold":
    case "italic":
    case "strike": {
      const Tag = markTags[part.kind];
      return (
        <Tag>
          <Marks parts={part.children} />
        </Tag>
      );
    }
    case "code":
      return <code className={styles["code"]}>{part.text}</code>;
    case "link":
      return <span className={styles["link"]}>{part.text}</span>;
    case "text":
      return part.text;
  }
}
