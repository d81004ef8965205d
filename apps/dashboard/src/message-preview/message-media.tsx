import type { MessagePreview } from "@/api/types.ts";
import { IconFileText, IconMapPin, IconPhoto, IconPlayerPlayFilled } from "@tabler/icons-react";
import styles from "./message-preview.module.css";

type Header = NonNullable<MessagePreview["header"]>;

/** Shows the header above a message's text. */
export function MessageHeader({ header }: { header: Header }) {
  switch (header.kind) {
    case "text":
      return (
        <div dir="auto" className={styles["headerText"]}>
          {header.text}
        </div>
      );
    case "location":
      return (
        <figure className={styles["media"]}>
          <div className={styles["map"]}>
            <IconMapPin size={34} aria-hidden />
          </div>
          <figcaption className={styles["caption"]}>
            <strong>{header.name ?? "Location"}</strong>
            <span>{header.address ?? `${header.latitude}, ${header.longitude}`}</span>
          </figcaption>
        </figure>
      );
    case "image":
    case "video":
    case "document":
      return <MediaHeader {...header} />;
  }
}

// Only Loudhailer's own media has such ids. The preview never loads files from other hosts.
const ourMedia = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

function MediaHeader({ kind, link, mediaId, filename }: Extract<Header, { mediaId: unknown }>) {
  const source =
    mediaId !== null && ourMedia.test(mediaId)
      ? `/v1/media/${mediaId}/content`
      : link?.startsWith("blob:") || link?.startsWith("data:")
        ? link
        : null;
  if (kind === "document") {
    return (
      <div className={styles["document"]}>
        <IconFileText size={30} aria-hidden />
        <span dir="auto">{filename ?? nameOf(link) ?? "Document.pdf"}</span>
      </div>
    );
  }
  if (source !== null && kind === "image") {
    return (
      <img className={styles["picture"]} src={source} alt={filename ?? "The message's image"} />
    );
  }
  if (source !== null) {
    return (
      <video
        className={styles["picture"]}
        src={source}
        muted
        controls
        aria-label="The message's video"
      />
    );
  }
  return (
    <div className={styles["placeholder"]}>
      {kind === "image" ? (
        <IconPhoto size={42} stroke={1.3} aria-hidden />
      ) : (
        <IconPlayerPlayFilled size={36} aria-hidden />
      )}
      <span>{nameOf(link) ?? (kind === "image" ? "Image" : "Video")}</span>
    </div>
  );
}

function nameOf(link: string | null): string | null {
  if (link === null || !URL.canParse(link)) return null;
  const { hostname, pathname } = new URL(link);
  const name = decodeURIComponent(pathname.split("/").at(-1) ?? "");
  return name.length > 0 && name.length <= 40 ? name : hostname;
}
