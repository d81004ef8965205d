import type { TemplateDefinition } from "../template/template.ts";
import { body, buttons, defineTemplate, urlButton } from "./define-template.ts";

const copyUrl =
  "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}";

// Templates as Graph returns them: an OTP button is returned as a URL button.
const loginCode = (
  language: string,
  text: string,
  footer: string,
  copy: string,
): TemplateDefinition =>
  defineTemplate(
    "login_code",
    [
      { ...body(text, "123456"), add_security_recommendation: true },
      { type: "FOOTER", text: footer, code_expiration_minutes: 5 },
      buttons(urlButton(copy, copyUrl, "123456")),
    ],
    { language, category: "AUTHENTICATION", message_send_ttl_seconds: 600 },
  );

export const authenticationTemplates: readonly TemplateDefinition[] = [
  loginCode(
    "en_US",
    "*{{1}}* is your verification code. For your security, do not share this code.",
    "This code expires in 5 minutes.",
    "Copy code",
  ),
  loginCode(
    "de",
    "Dein Verifizierungscode lautet *{{1}}*. Gib diesen Code zu deiner Sicherheit nicht weiter.",
    "Dieser Code läuft in 5 Minuten ab.",
    "Code kopieren",
  ),
];
