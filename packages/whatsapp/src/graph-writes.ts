import { z } from "zod";
import { enc, jsonHeaders, type GraphCall, type WithToken } from "./graph-call.ts";
import {
  graphSuccess,
  graphTemplate,
  templateFields,
  type GraphTemplate,
} from "./graph-objects.ts";

const id = z.union([z.string(), z.number()]).transform(String);

interface NewTemplate {
  name: string;
  language: string;
  category: string;
  parameterFormat: "POSITIONAL" | "NAMED";
  components: readonly unknown[];
}

interface TemplateEdit {
  category?: string | undefined;
  components?: readonly unknown[] | undefined;
}

/** The part of a file that starts at byte `offset`, for an upload to Meta. */
interface UploadPart {
  uploadId: string;
  offset: number;
  bytes: Buffer;
}

/**
 * Calls that change something at Meta, and the reads that they need.
 * @throws GraphError if Meta refuses
 * @throws GraphUnavailableError if Meta gives no usable answer
 */
export interface GraphWrites {
  getTemplate(input: WithToken & { templateId: string }): Promise<GraphTemplate>;
  createTemplate(input: WithToken & { wabaId: string; template: NewTemplate }): Promise<string>;
  editTemplate(input: WithToken & { templateId: string; edit: TemplateEdit }): Promise<void>;
  /** Deletes the template in all languages if `templateId` is absent. */
  deleteTemplate(
    input: WithToken & { wabaId: string; name: string; templateId?: string | undefined },
  ): Promise<void>;
  /** Starts a resumable upload and returns its id. */
  startUpload(
    input: WithToken & { appId: string; fileName: string; fileType: string; fileBytes: number },
  ): Promise<string>;
  /** Returns the number of bytes that Meta has received of an upload. */
  getUploadOffset(input: WithToken & { uploadId: string }): Promise<number>;
  /** Sends the bytes that start at `offset` and returns the handle for a template's example. */
  sendUpload(input: WithToken & UploadPart): Promise<string>;
  /** Returns Meta's id of the uploaded media, valid for 30 days. */
  uploadMedia(
    input: WithToken & { phoneNumberId: string; fileName: string; mimeType: string; bytes: Buffer },
  ): Promise<string>;
  deleteMedia(input: WithToken & { mediaId: string }): Promise<void>;
}

export function createGraphWrites(call: GraphCall): GraphWrites {
  return {
    getTemplate: ({ templateId, accessToken }) =>
      call(graphTemplate, {
        method: "GET",
        path: `/${enc(templateId)}?fields=${templateFields}`,
        accessToken,
      }),

    async createTemplate({ wabaId, template, accessToken }) {
      const { parameterFormat, ...rest } = template;
      const body = JSON.stringify({ ...rest, parameter_format: parameterFormat });
      const path = `/${enc(wabaId)}/message_templates`;
      const request = { method: "POST" as const, path, body, headers: jsonHeaders, accessToken };
      return (await call(z.object({ id }), request)).id;
    },

    async editTemplate({ templateId, edit, accessToken }) {
      const path = `/${enc(templateId)}`;
      const body = JSON.stringify(edit);
      await call(graphSuccess, { method: "POST", path, body, headers: jsonHeaders, accessToken });
    },

    async deleteTemplate({ wabaId, name, templateId, accessToken }) {
      const one = templateId === undefined ? "" : `&hsm_id=${enc(templateId)}`;
      const path = `/${enc(wabaId)}/message_templates?name=${enc(name)}${one}`;
      await call(graphSuccess, { method: "DELETE", path, accessToken });
    },

    async startUpload({ appId, fileName, fileType, fileBytes, accessToken }) {
      const query = `file_name=${enc(fileName)}&file_length=${fileBytes}&file_type=${enc(fileType)}`;
      const path = `/${enc(appId)}/uploads?${query}`;
      return (await call(z.object({ id }), { method: "POST", path, accessToken })).id;
    },

    async getUploadOffset({ uploadId, accessToken }) {
      const request = { method: "GET" as const, path: `/${uploadPath(uploadId)}`, accessToken };
      const schema = z.object({ file_offset: z.coerce.number().int().nonnegative() });
      return (await call(schema, request)).file_offset;
    },

    async sendUpload({ uploadId, offset, bytes, accessToken }) {
      const { h } = await call(z.object({ h: z.string().min(1) }), {
        method: "POST",
        path: `/${uploadPath(uploadId)}`,
        body: bytes,
        headers: ["file_offset", String(offset), "content-type", "application/octet-stream"],
        accessToken,
      });
      return h;
    },

    async uploadMedia({ phoneNumberId, fileName, mimeType, bytes, accessToken }) {
      const boundary = `loudhailer-${crypto.randomUUID()}`;
      const field = (name: string, value: string) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      const head = `${field("messaging_product", "whatsapp")}${field("type", mimeType)}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName.replaceAll(/["\r\n\\]/g, "_")}"\r\ncontent-type: ${mimeType}\r\n\r\n`;
      const body = Buffer.concat([
        Buffer.from(head),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]);
      const answer = await call(z.object({ id }), {
        method: "POST",
        path: `/${enc(phoneNumberId)}/media`,
        body,
        headers: ["content-type", `multipart/form-data; boundary=${boundary}`],
        accessToken,
      });
      return answer.id;
    },

    async deleteMedia({ mediaId, accessToken }) {
      await call(graphSuccess, { method: "DELETE", path: `/${enc(mediaId)}`, accessToken });
    },
  };
}

/**
 * Returns Meta's upload id (`upload:…?sig=…`) unencoded, without characters that could lead to
 * another path.
 */
function uploadPath(uploadId: string): string {
  return uploadId.replaceAll(/[^\w:?=&.%+~/-]/g, "").replaceAll("..", "");
}
