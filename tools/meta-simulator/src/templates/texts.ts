import type { TemplateDefinition } from "../template/template.ts";
import { body, buttons, defineTemplate, namedBody, urlButton } from "./define-template.ts";

const orderUpdate = (language: string, text: string): TemplateDefinition =>
  defineTemplate(
    "order_update",
    [namedBody(text, { first_name: "Pablo", order_number: "860198" })],
    { language, category: "UTILITY", parameter_format: "NAMED" },
  );

/** Templates without variables, with positional and named ones, in other scripts and directions. */
export const textTemplates: readonly TemplateDefinition[] = [
  defineTemplate(
    "hello_world",
    [
      { type: "HEADER", format: "TEXT", text: "Hello World" },
      {
        type: "BODY",
        text: "Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API.",
      },
      { type: "FOOTER", text: "WhatsApp Business Platform sample message" },
    ],
    { category: "UTILITY" },
  ),
  defineTemplate(
    "spring_sale",
    [
      body(
        "Hello {{1}}, our spring sale has come to {{2}}: 20% off everything until Sunday.",
        "Pablo",
        "Lisbon",
      ),
      buttons(
        urlButton("See the offers", "https://shop.example.com/spring?customer={{1}}", "8f3a"),
      ),
    ],
    { quality_score: "GREEN" },
  ),
  orderUpdate("en_US", "Hello {{first_name}}, your order {{order_number}} is on its way."),
  orderUpdate("de", "Hallo {{first_name}}, Ihre Bestellung {{order_number}} ist unterwegs."),
  orderUpdate("ar", "مرحبًا {{first_name}}، طلبك رقم {{order_number}} في الطريق إليك."),
  // Placeholders out of order, as Meta returns some templates.
  defineTemplate(
    "delivery_window",
    [
      body(
        "Your parcel arrives on {{2}} between {{3}} and {{4}}, {{1}}. We look forward to seeing you.",
        "Pablo",
        "Monday",
        "9 am",
        "11 am",
      ),
    ],
    { category: "UTILITY" },
  ),
];
