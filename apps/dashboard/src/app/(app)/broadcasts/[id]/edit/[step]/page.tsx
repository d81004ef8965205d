import { api, getMe, read } from "@/api/server.ts";
import type { Broadcast } from "@/api/types.ts";
import { AudienceStep } from "@/features/broadcast-builder/audience-step.tsx";
import { ContentStep } from "@/features/broadcast-builder/content-step.tsx";
import { ReviewStep } from "@/features/broadcast-builder/review-step.tsx";
import { SetupStep } from "@/features/broadcast-builder/setup-step.tsx";
import {
  isReachable,
  isStep,
  firstOpenStep,
  type Step,
} from "@/features/broadcast-builder/steps.ts";
import { Unschedule } from "@/features/broadcast-builder/unschedule.tsx";
import { describeCriteria } from "@/rule-builder/describe-criteria.ts";
import { readRuleFields } from "@/rule-builder/read-rule-fields.ts";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";

export const metadata: Metadata = { title: "Edit broadcast" };

interface Props {
  params: Promise<{ id: string; step: string }>;
}

export default async function EditBroadcastPage({ params }: Props) {
  const { id, step } = await params;
  if (!isStep(step)) notFound();
  const [me, broadcast] = await Promise.all([
    getMe(),
    read((await api()).GET("/v1/broadcasts/{id}", { params: { path: { id } } })),
  ]);
  if (!me.rights.includes("write")) return <NotAllowed what="change broadcasts" />;
  if (broadcast.status !== "draft" && broadcast.status !== "scheduled") {
    redirect(`/broadcasts/${id}`);
  }
  if (!isReachable(step, broadcast)) {
    redirect(`/broadcasts/${id}/edit/${firstOpenStep(broadcast)}`);
  }
  return (
    <>
      <PageHeader title={broadcast.name} back={{ href: "/broadcasts", label: "Broadcasts" }} />
      {broadcast.status === "scheduled" ? (
        <Unschedule broadcast={broadcast} />
      ) : (
        <StepOf key={`${step} ${broadcast.updatedAt}`} step={step} broadcast={broadcast} />
      )}
    </>
  );
}

async function StepOf({ step, broadcast }: { step: Step; broadcast: Broadcast }) {
  const client = await api();
  switch (step) {
    case "setup": {
      const { items } = await read(client.GET("/v1/whatsapp-providers"));
      return <SetupStep broadcast={broadcast} numbers={items} />;
    }
    case "audience": {
      const [fields, segments] = await Promise.all([
        readRuleFields(),
        read(client.GET("/v1/segments", { params: { query: { limit: 200 } } })),
      ]);
      return <AudienceStep broadcast={broadcast} segments={segments.items} fields={fields} />;
    }
    case "content":
      return <Content broadcast={broadcast} />;
    case "review": {
      const fields = await readRuleFields();
      return (
        <ReviewStep
          broadcast={broadcast}
          audience={describeCriteria(broadcast.segmentCriteria, fields)}
        />
      );
    }
  }
}

async function Content({ broadcast }: { broadcast: Broadcast }) {
  const client = await api();
  const largestPage = { params: { query: { limit: 200 } } };
  const segmentCriteria = broadcast.segmentCriteria ?? { combinator: "and" as const, rules: [] };
  const [templates, attributes, audience, { items: numbers }] = await Promise.all([
    read(client.GET("/v1/templates", largestPage)),
    read(client.GET("/v1/attributes", largestPage)),
    read(client.POST("/v1/audiences/preview", { body: { segmentCriteria } })),
    read(client.GET("/v1/whatsapp-providers")),
  ]);
  const number = numbers.find(({ id }) => id === broadcast.providerId);
  return (
    <ContentStep
      broadcast={broadcast}
      templates={templates.items.filter(({ wabaId }) => wabaId === number?.wabaId)}
      attributes={attributes.items.map(({ key }) => key)}
      people={audience.sample}
    />
  );
}
