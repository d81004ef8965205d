import type { TemplateDefinition } from "../template/template.ts";
import {
  body,
  buttons,
  copyCode,
  defineTemplate,
  mediaHeader,
  quickReply,
  urlButton,
} from "./define-template.ts";

/** Templates with quick replies, a coupon code, and a limited-time offer. */
export const buttonTemplates: readonly TemplateDefinition[] = [
  defineTemplate("feedback_request", [
    body("How did you like your visit, {{1}}? One tap is enough.", "Pablo"),
    { type: "FOOTER", text: "Thank you for your time" },
    buttons(quickReply("Very much"), quickReply("It was fine"), quickReply("Stop promotions")),
  ]),
  defineTemplate("coupon_code", [
    body("{{1}}, this code takes {{2}} off your next order. It is yours alone.", "Pablo", "25%"),
    buttons(quickReply("Not interested"), copyCode("25OFF")),
  ]),
  defineTemplate(
    "limited_offer",
    [
      mediaHeader("IMAGE", "1004_n.jpg"),
      {
        type: "LIMITED_TIME_OFFER",
        limited_time_offer: { text: "Expiring offer!", has_expiration: true },
      },
      body(
        "Good news, {{1}}! Use code {{2}} to get 25% off all of our packages!",
        "Pablo",
        "CARIBE25",
      ),
      buttons(
        copyCode("CARIBE25"),
        urlButton("Book now!", "https://travel.example.com/offers?code={{1}}", "n3mtql"),
      ),
    ],
    { sub_category: "LIMITED_TIME_OFFER" },
  ),
];
