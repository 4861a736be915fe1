// The OpenAPI document as the page needs it, and what follows from it: examples, addresses, lines for curl.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  format?: string;
  example?: unknown;
  default?: unknown;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  additionalProperties?: boolean | Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

export interface Parameter { name: string; in: 'path' | 'query' | 'header' | 'cookie'; required?: boolean; description?: string; schema?: Schema; example?: unknown }
type Content = Record<string, { schema?: Schema; example?: unknown }>;
export interface Answer { description?: string; content?: Content; headers?: Record<string, { description?: string }> }

export interface Operation {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  body: { required: boolean; type: string; schema: Schema | undefined } | null;
  answers: [string, Answer][];
  access: 'anyone' | 'guest' | 'token';
}

export interface ApiDocument {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Record<string, unknown>>>;
  components?: { schemas?: Record<string, Schema> };
}

export type Schemas = Record<string, Schema>;

// Every route, in the order of the document.
export function operationsOf(document: ApiDocument): Operation[] {
  const all: Operation[] = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, raw] of Object.entries(methods)) {
      const text = (name: string): string => (typeof raw[name] === 'string' ? (raw[name] as string) : '');
      const content = (raw['requestBody'] as { required?: boolean; content?: Content } | undefined) ?? null;
      const type = Object.keys(content?.content ?? {})[0] ?? 'application/json';
      const security = (raw['security'] as Record<string, unknown>[] | undefined) ?? [];
      all.push({
        id: text('operationId'), method: method.toUpperCase(), path, summary: text('summary'), description: text('description'),
        tag: (raw['tags'] as string[] | undefined)?.[0] ?? '',
        parameters: (raw['parameters'] as Parameter[] | undefined) ?? [],
        body: content ? { required: content.required ?? false, type, schema: content.content?.[type]?.schema } : null,
        answers: Object.entries((raw['responses'] as Record<string, Answer> | undefined) ?? {}),
        access: security.length === 0 ? 'anyone' : security.some((each) => Object.keys(each).length === 0) ? 'guest' : 'token',
      });
    }
  return all;
}

export const nameOfRef = (ref: string): string => ref.split('/').pop() ?? '';

// The schema that a reference names; the parts of an `allOf` as one.
export function resolved(schema: Schema | undefined, schemas: Schemas, depth = 0): Schema {
  if (!schema || depth > 12) return {};
  if (schema.$ref) return resolved(schemas[nameOfRef(schema.$ref)], schemas, depth + 1);
  if (!schema.allOf) return schema;
  const parts = schema.allOf.map((part) => resolved(part, schemas, depth + 1));
  return { ...schema, type: 'object', properties: Object.assign({}, ...parts.map((p) => p.properties ?? {})), required: parts.flatMap((p) => p.required ?? []) };
}

export const typesOf = (schema: Schema): string[] => (Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : []);

// A value that the schema accepts. Objects have what they need; with `whole` everything.
export function exampleOf(schema: Schema | undefined, schemas: Schemas, whole = false, depth = 0): unknown {
  const it = resolved(schema, schemas);
  if (depth > 8) return null;
  if (it.example !== undefined) return it.example;
  if (it.default !== undefined) return it.default;
  if (it.enum?.length) return it.enum[0];
  const choice = it.oneOf?.[0] ?? it.anyOf?.[0];
  if (choice) return exampleOf(choice, schemas, whole, depth + 1);
  switch (typesOf(it)[0] ?? (it.properties ? 'object' : '')) {
    case 'object': {
      const required = it.required ?? [];
      const names = Object.keys(it.properties ?? {}).filter((name) => whole || required.length === 0 || required.includes(name));
      return Object.fromEntries(names.map((name) => [name, exampleOf(it.properties![name], schemas, whole, depth + 1)]));
    }
    case 'array': return [exampleOf(it.items, schemas, whole, depth + 1)];
    case 'string': return it.format === 'uuid' ? '00000000-0000-4000-8000-000000000000' : it.format === 'date-time' ? '2026-11-20T13:04:07.137Z' : it.format === 'email' ? 'ada@example.com' : 'text'.padEnd(it.minLength ?? 0, 'x');
    case 'integer': case 'number': return Math.max(it.minimum ?? 1, 1) > (it.maximum ?? Infinity) ? it.maximum : Math.max(it.minimum ?? 1, 1);
    case 'boolean': return true;
    default: return null;
  }
}

export interface Filled { path: string; headers: [string, string][]; missing: string[] }

// The address and headers of a request with those values of its parameters.
export function filled(operation: Operation, values: Record<string, string>): Filled {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers: [string, string][] = [];
  const missing: string[] = [];
  for (const parameter of operation.parameters) {
    const value = values[`${parameter.in} ${parameter.name}`] ?? '';
    if (!value) {
      if (parameter.required) missing.push(parameter.name);
      continue;
    }
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query') for (const each of parameter.schema?.type === 'array' ? value.split(',') : [value]) query.append(parameter.name, each);
    else if (parameter.in === 'header') headers.push([parameter.name, value]);
  }
  const text = query.toString();
  return { path: text ? `${path}?${text}` : path, headers, missing };
}

// For a shell: within single quotes nothing means anything else.
export const quoted = (text: string): string => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// A token is never written into the line: the shell puts it there.
export function curlOf(request: { method: string; url: string; headers: [string, string][]; body: string | null; withToken: boolean }): string {
  const parts = ['curl'];
  if (request.method !== 'GET') parts.push('-X', request.method);
  parts.push(quoted(request.url));
  if (request.withToken) parts.push('-H', '"Authorization: Bearer $TOKEN"');
  for (const [name, value] of request.headers) parts.push('-H', quoted(`${name}: ${value}`));
  if (request.body) parts.push('-d', quoted(request.body));
  return parts.join(' ');
}

// The part behind the # that names an operation or a schema, as Swagger UI has it.
export const linkOf = (operation: Operation): string => `#/${operation.tag}/${operation.id}`;
export const linkOfSchema = (name: string): string => `#/schemas/${name}`;

// Whether an operation is what somebody looks for: all words, anywhere.
export function matches(operation: Operation, text: string): boolean {
  const all = `${operation.method} ${operation.path} ${operation.summary} ${operation.tag}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
