import type { MessagePreview } from "@/api/types.ts";
import {
  IconArrowBackUp,
  IconCopy,
  IconExternalLink,
  IconForms,
  IconPhone,
  IconShoppingBag,
} from "@tabler/icons-react";
import styles from "./message-preview.module.css";

const icons: Record<string, typeof IconCopy> = {
  URL: IconExternalLink,
  PHONE_NUMBER: IconPhone,
  VOICE_CALL: IconPhone,
  COPY_CODE: IconCopy,
  OTP: IconCopy,
  FLOW: IconForms,
  CATALOG: IconShoppingBag,
  MPM: IconShoppingBag,
};

/** Shows a message's buttons, which do nothing when pressed. */
export function MessageButtons({ buttons }: { buttons: MessagePreview["buttons"] }) {
  if (buttons.length === 0) return null;
  return (
    <ul className={styles["buttons"]} aria-label="Buttons">
      {buttons.map(({ type, text, url, phoneNumber, couponCode }, index) => {
        const Icon = icons[type] ?? IconArrowBackUp;
        const target = url ?? phoneNumber ?? couponCode;
        return (
          <li key={index} title={target}>
            <Icon size={16} stroke={1.8} aria-hidden />
            <span dir="auto">{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
