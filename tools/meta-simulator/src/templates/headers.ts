import type { TemplateDefinition } from "../template/template.ts";
import {
  body,
  buttons,
  defineTemplate,
  mediaHeader,
  namedBody,
  quickReply,
} from "./define-template.ts";

/** Templates with headers: text with a variable, image, video, document, and location. */
export const headerTemplates: readonly TemplateDefinition[] = [
  defineTemplate(
    "appointment_reminder",
    [
      {
        type: "HEADER",
        format: "TEXT",
        text: "Your appointment at {{1}}",
        example: { header_text: ["Lucky Shrub"] },
      },
      body(
        "Hi {{1}}, we expect you on {{2}} at {{3}}. Can you make it?",
        "Pablo",
        "Monday",
        "9 am",
      ),
      buttons(quickReply("I'll be there"), quickReply("Cancel"), {
        type: "PHONE_NUMBER",
        text: "Call us",
        phone_number: "+15550051310",
      }),
    ],
    { category: "UTILITY" },
  ),
  defineTemplate("new_collection", [
    mediaHeader("IMAGE", "1001_n.jpg"),
    body("{{1}}, the new collection is here. Take a look before it sells out.", "Pablo"),
    { type: "FOOTER", text: "Reply STOP to stop our offers" },
    buttons({ type: "URL", text: "Open the shop", url: "https://shop.example.com/new" }),
  ]),
  defineTemplate("product_video", [
    mediaHeader("VIDEO", "1002_n.mp4"),
    body("Watch how it works, {{1}}. It takes one minute.", "Pablo"),
  ]),
  defineTemplate(
    "invoice_ready",
    [
      mediaHeader("DOCUMENT", "1003_n.pdf"),
      namedBody("Dear {{name}}, here is your invoice {{invoice}} of {{date}}. Thank you.", {
        name: "Pablo",
        invoice: "R-2041",
        date: "March 3",
      }),
    ],
    { category: "UTILITY", parameter_format: "NAMED" },
  ),
  defineTemplate("store_opening", [
    { type: "HEADER", format: "LOCATION" },
    body("Hi {{1}}, our new store opens on {{2}}. See you there!", "Pablo", "Saturday"),
  ]),
];
