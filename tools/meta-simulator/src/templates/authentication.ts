import type { TemplateDefinition } from "../template/template.ts";

// Templates as Graph returns them: an OTP button is returned as a URL button.
const loginCode = (
  language: string,
  text: string,
  footer: string,
  copy: string,
): TemplateDefinition => ({
  name: "login_code",
  language,
  category: "AUTHENTICATION",
  status: "APPROVED",
  parameter_format: "POSITIONAL",
  message_send_ttl_seconds: 600,
  components: [
    {
      type: "BODY",
      text,
      add_security_recommendation: true,
      example: { body_text: [["123456"]] },
    },
    { type: "FOOTER", text: footer, code_expiration_minutes: 5 },
    {
      type: "BUTTONS",
      buttons: [
        {
          type: "URL",
          text: copy,
          url: "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}",
          example: [
            "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp123456",
          ],
        },
      ],
    },
  ],
});

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
