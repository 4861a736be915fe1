// A schema, as deep as somebody opens it. Named schemas are links to where they stand.
import { useTexts } from '../shared/language';
import { linkOfSchema, nameOfRef, typesOf, type Schema } from './document';
import { texts } from './texts';

function limitsOf(schema: Schema): string {
  const limits: string[] = [];
  if (schema.minimum !== undefined) limits.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) limits.push(`≤ ${schema.maximum}`);
  if (schema.minLength !== undefined || schema.maxLength !== undefined) limits.push(`${schema.minLength ?? 0}–${schema.maxLength ?? '∞'}`);
  if (schema.pattern) limits.push(schema.pattern);
  return limits.join(', ');
}

function TypeName({ schema }: { schema: Schema }) {
  const say = useTexts(texts);
  if (schema.$ref) return <a href={linkOfSchema(nameOfRef(schema.$ref))}>{nameOfRef(schema.$ref)}</a>;
  const types = typesOf(schema);
  const main = types.find((type) => type !== 'null') ?? (schema.properties ? 'object' : '');
  return (
    <>
      {main === 'array' && schema.items ? <>{say.arrayOf} <TypeName schema={schema.items} /></> : <span class="mono">{schema.format ?? main}</span>}
      {types.includes('null') && <span class="quiet"> {say.nullable}</span>}
      {schema.enum && <span class="quiet">: {schema.enum.map((value) => JSON.stringify(value)).join(', ')}</span>}
      {limitsOf(schema) && <span class="quiet"> {limitsOf(schema)}</span>}
    </>
  );
}

export function SchemaView({ schema, depth = 0 }: { schema: Schema | undefined; depth?: number }) {
  const say = useTexts(texts);
  if (!schema || depth > 8) return null;
  if (schema.$ref) return <p><TypeName schema={schema} /></p>;
  const choices = schema.oneOf ?? schema.anyOf;
  return (
    <div class="schema">
      {schema.description && <p class="hint">{schema.description}</p>}
      {schema.allOf?.map((part, i) => <SchemaView key={i} schema={part} depth={depth + 1} />)}
      {choices && <><p>{say.oneOf}</p>{choices.map((part, i) => <SchemaView key={i} schema={part} depth={depth + 1} />)}</>}
      {schema.items && <><p><TypeName schema={schema} /></p>{!schema.items.$ref && <SchemaView schema={schema.items} depth={depth + 1} />}</>}
      {schema.properties && (
        <dl>
          {Object.entries(schema.properties).map(([name, member]) => (
            <div key={name}>
              <dt><span class="mono">{name}</span>{schema.required?.includes(name) && <span class="needed" title={say.required}>*<span class="visually-hidden"> {say.required}</span></span>}</dt>
              <dd>
                <TypeName schema={member} />{member.description && <span class="hint"> {member.description}</span>}
                {(member.properties || member.items?.properties) && <SchemaView schema={member.properties ? { properties: member.properties, required: member.required } : { properties: member.items!.properties, required: member.items!.required }} depth={depth + 1} />}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {!schema.properties && !schema.items && !schema.allOf && !choices && <p><TypeName schema={schema} /></p>}
    </div>
  );
}
