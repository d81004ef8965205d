import type { MessagePreview as Message } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { IconGift } from "@tabler/icons-react";
import { Carousel } from "./carousel.tsx";
import { FormattedText } from "./formatted-text.tsx";
import { MessageButtons } from "./message-buttons.tsx";
import { MessageHeader } from "./message-media.tsx";
import styles from "./message-preview.module.css";

/** Shows a message as its recipient sees it in WhatsApp. `compact` cuts long messages for lists. */
export function MessagePreview({
  message,
  compact = false,
}: {
  message: Message;
  compact?: boolean;
}) {
  return (
    <figure
      className={styles["screen"]}
      data-compact={compact || undefined}
      aria-label="The message as WhatsApp shows it"
    >
      <Bubble message={message} />
      {message.cards && (
        <Carousel>
          {message.cards.map((card, index) => (
            <Bubble key={index} message={card} />
          ))}
        </Carousel>
      )}
    </figure>
  );
}

function Bubble({ message }: { message: Omit<Message, "cards"> }) {
  const { header, body, footer, buttons, offer } = message;
  return (
    <div className={styles["bubble"]}>
      {header && <MessageHeader header={header} />}
      {offer && <Offer {...offer} />}
      <div className={styles["body"]}>
        <FormattedText text={body} />
      </div>
      {footer && (
        <div dir="auto" className={styles["footer"]}>
          {footer}
        </div>
      )}
      <div className={styles["time"]} aria-hidden>
        10:24
      </div>
      <MessageButtons buttons={buttons} />
    </div>
  );
}

function Offer({ text, expiresAt }: NonNullable<Message["offer"]>) {
  const isDate = expiresAt !== null && !Number.isNaN(Date.parse(expiresAt));
  return (
    <div className={styles["offer"]}>
      <IconGift size={22} aria-hidden />
      <div>
        <strong dir="auto">{text}</strong>
        {expiresAt !== null && (
          <div>Ends {isDate ? <DateTime value={expiresAt} /> : "when you say"}</div>
        )}
      </div>
    </div>
  );
}
