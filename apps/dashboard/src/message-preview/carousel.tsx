"use client";
import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useRef, type ReactNode } from "react";
import styles from "./message-preview.module.css";

/** Shows cards that scroll by swipe, buttons or keyboard. */
export function Carousel({ children }: { children: ReactNode }) {
  const track = useRef<HTMLDivElement>(null);
  function step(direction: 1 | -1): void {
    const { current } = track;
    current?.scrollBy({ left: direction * current.clientWidth * 0.8, behavior: "smooth" });
  }
  return (
    <div className={styles["carousel"]}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroll area must be reachable by keyboard */}
      <div ref={track} className={styles["track"]} role="group" aria-label="Cards" tabIndex={0}>
        {children}
      </div>
      <div className={styles["steps"]}>
        <ActionIcon
          variant="default"
          size="md"
          radius="xl"
          onClick={() => step(-1)}
          aria-label="Previous card"
        >
          <IconChevronLeft size={16} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="md"
          radius="xl"
          onClick={() => step(1)}
          aria-label="Next card"
        >
          <IconChevronRight size={16} />
        </ActionIcon>
      </div>
    </div>
  );
}
