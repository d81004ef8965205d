"use client";
import type { Contact } from "@/api/types.ts";
import { useRouter } from "next/navigation";
import { ContactForm } from "./contact-form.tsx";

export function EditContact(props: { contact: Contact; tags: string[]; attributes: string[] }) {
  const router = useRouter();
  return <ContactForm {...props} key={props.contact.updatedAt} onSaved={() => router.refresh()} />;
}
