/** Schemas of OpenAPI 3.1 as people read them: references followed, cycles named. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  format?: string;
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
}

export interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  tags?: { name: string; description?: string }[];
  components?: { schemas?: Record<string, Schema>; parameters?: Record<string, Parameter> };
}

export interface Parameter { $ref?: string; name: string; in: string; required?: boolean; description?: string; schema?: Schema }

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { description?: string; content?: Record<string, { schema?: Schema; example?: unknown }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
  security?: Record<string, string[]>[];
}

export function follow(document: Document, schema: Schema): Schema {
  const name = nameOf(schema);
  return name ? (document.components?.schemas?.[name] ?? schema) : schema;
}

export function nameOf(schema: Schema | undefined): string | undefined {
  return schema?.$ref?.split("/").pop();
}

/** `string`, `[Message]`, `"queued" | "offered"`, `Handoff`. */
export function typeOf(schema: Schema | undefined): string {
  if (!schema) return "any";
  const name = nameOf(schema);
  if (name) return name;
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const parts = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (parts) return parts.map(typeOf).filter((part) => part !== "null").join(schema.allOf ? " & " : " | ");
  const type = [schema.type ?? "any"].flat().filter((part) => part !== "null").join(" | ");
  if (type === "array") return `[${typeOf(schema.items)}]`;
  return schema.format ? `${type} (${schema.format})` : type;
}

/** An example to paste, made from the schema when none is given. */
export function exampleOf(document: Document, schema: Schema | undefined, depth = 0): unknown {
  if (!schema || depth > 4) return null;
  const whole = follow(document, schema);
  if (whole.example !== undefined) return whole.example;
  if (whole.examples?.length) return whole.examples[0];
  if (whole.default !== undefined && whole.default !== null) return whole.default;
  if (whole.enum) return whole.enum[0];
  if (whole.const !== undefined) return whole.const;
  const first = (whole.oneOf ?? whole.anyOf ?? whole.allOf)?.find((part) => part.type !== "null");
  if (first) return exampleOf(document, first, depth + 1);
  return plainExample(document, whole, depth);
}

function plainExample(document: Document, schema: Schema, depth: number): unknown {
  const type = [schema.type ?? "object"].flat().find((part) => part !== "null");
  if (type === "string") return schema.format === "date-time" ? "2030-01-01T09:00:00.000Z" : "…";
  if (type === "integer" || type === "number") return 1;
  if (type === "boolean") return true;
  if (type === "array") return [exampleOf(document, schema.items, depth + 1)];
  const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => (schema.required ?? []).includes(name) || depth === 0);
  return Object.fromEntries(wanted.map(([name, inner]) => [name, exampleOf(document, inner, depth + 1)]));
}
