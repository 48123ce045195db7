// Shows the description of the API and lets one try it. Asks nobody but the server that it came from.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
// Schemas refer to each other in circles.
const DEPTH_MAX = 6;

let api;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Text in which what stands between backticks is code.
function prose(tag, className, text) {
  const parts = text.split("`");
  const view = (part, index) => (index % 2 === 1 && index < parts.length - 1 ? make("code", { textContent: part }) : part);
  // A backtick without a second one is a backtick.
  const whole = parts.length % 2 === 1 ? parts.map(view) : [text];
  return make(tag, { className }, ...whole);
}

function resolved(schema) {
  for (let hops = 0; schema && schema.$ref && hops < 16; hops += 1) {
    schema = schema.$ref.slice(2).split("/").reduce((at, name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], api);
  }
  return schema ?? {};
}

function kindOf(schema) {
  if (schema.$ref) return kindOf(resolved(schema));
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return [...new Set(alternatives.map(kindOf))].join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const kinds = [schema.type ?? (schema.properties || schema.allOf ? "object" : "any")].flat();
  return kinds.map((kind) => (kind === "array" ? `array of ${kindOf(schema.items ?? {})}` : kind)).join(" or ");
}

// The fields of an object, with those of the parts that it is made of.
function fieldsOf(schema) {
  schema = resolved(schema);
  const fields = new Map(Object.entries(schema.properties ?? {}));
  const needed = new Set(schema.required ?? []);
  for (const part of schema.allOf ?? []) {
    const inner = fieldsOf(part);
    inner.fields.forEach((field, name) => fields.set(name, field));
    inner.needed.forEach((name) => needed.add(name));
  }
  return { fields, needed };
}

function partsBelow(schema) {
  schema = resolved(schema);
  const parts = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return parts.slice(1).concat(fieldsOf(schema).fields.size ? [schema] : []);
}

function schemaView(schema, depth = 0) {
  const { fields, needed } = fieldsOf(schema);
  const list = make("ul", { className: "fields" });
  const first = [...fields].filter(([name]) => needed.has(name));
  const others = [...fields].filter(([name]) => !needed.has(name));
  for (const [name, field] of [...first, ...others]) {
    const target = resolved(field);
    const line = make("li", {},
      make("code", { textContent: name }), " ",
      make("span", { className: "kind", textContent: kindOf(field) }), " ",
      needed.has(name) ? make("span", { className: "needed", textContent: "required" }) : null);
    const text = field.description ?? target.description;
    if (text) line.append(prose("p", "note", text));
    line.append(...insides(field, depth));
    list.append(line);
  }
  const view = make("div");
  if (fields.size) view.append(list);
  else view.append(prose("p", "note", `${kindOf(schema)}${schema.description ? `: ${schema.description}` : ""}`));
  if (!fields.size) view.append(...insides(schema, depth));
  return view;
}

// What lies within a field, folded and made only when it is looked at.
function insides(field, depth) {
  if (depth >= DEPTH_MAX) return [];
  return partsBelow(field).filter((part) => fieldsOf(part).fields.size || partsBelow(part).length).map((part) => {
    const name = part.$ref?.split("/").pop() ?? resolved(part).title ?? "fields";
    const folded = make("details", {}, make("summary", { textContent: name }));
    folded.addEventListener("toggle", () => {
      if (folded.open && folded.childElementCount === 1) folded.append(schemaView(part, depth + 1));
    });
    return folded;
  });
}

// A body to begin with: what is required, and what has an example.
function example(schema, depth = 0) {
  const target = resolved(schema);
  const given = schema.example ?? target.example;
  if (given !== undefined) return given;
  if (target.default !== undefined) return target.default;
  if (target.const !== undefined) return target.const;
  if (target.enum) return target.enum[0];
  const alternatives = target.oneOf ?? target.anyOf;
  if (alternatives) return example(alternatives[0], depth);
  const kind = [target.type].flat()[0];
  if (kind === "array") return depth < DEPTH_MAX ? [example(target.items ?? {}, depth + 1)] : [];
  if (kind === "string") return "";
  if (kind === "integer" || kind === "number") return 0;
  if (kind === "boolean") return false;
  if (kind === "null") return null;
  const { fields, needed } = fieldsOf(target);
  const body = {};
  for (const [name, field] of fields) {
    if (depth < DEPTH_MAX && (needed.has(name) || (field.example ?? resolved(field).example) !== undefined)) {
      body[name] = example(field, depth + 1);
    }
  }
  return body;
}

function parameterRows(parameters) {
  return parameters.map((parameter) => {
    const input = make("input", { name: parameter.name, placeholder: parameter.required ? "required" : "" });
    input.dataset.place = parameter.in;
    return make("label", { className: "row" }, make("code", { textContent: parameter.name }), input,
      prose("span", "note", parameter.description ?? ""));
  });
}

function tryForm(method, path, parameters, body) {
  const rows = parameterRows(parameters);
  const area = body ? make("textarea", { value: JSON.stringify(example(body), null, 2), spellcheck: false }) : null;
  if (area) area.setAttribute("aria-label", "body of the request");
  const send = make("button", { type: "submit", textContent: "Send" });
  const stop = make("button", { type: "button", textContent: "Stop", disabled: true });
  const status = make("span", { className: "note" });
  const reply = make("pre", { hidden: true });
  const form = make("form", { className: "try" }, make("h3", { textContent: "Try it" }), ...rows, area,
    make("div", { className: "row" }, send, stop, status), reply);
  let controller;
  stop.addEventListener("click", () => controller?.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    controller = new AbortController();
    send.disabled = true;
    stop.disabled = false;
    reply.hidden = false;
    reply.textContent = "";
    try {
      await exchange(request(method, path, form, area, controller.signal), status, reply);
    } catch (error) {
      status.textContent = error.name === "AbortError" ? "stopped" : String(error.message ?? error);
    }
    send.disabled = false;
    stop.disabled = true;
  });
  return form;
}

function request(method, path, form, area, signal) {
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("input[data-place]")) {
    if (input.dataset.place === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.dataset.place === "query" && input.value) query.set(input.name, input.value);
  }
  const headers = {};
  const key = document.getElementById("key").value.trim();
  if (key) headers.authorization = `Bearer ${key}`;
  if (area) headers["content-type"] = "application/json";
  const address = query.size ? `${path}?${query}` : path;
  return fetch(address, { method: method.toUpperCase(), headers, body: area?.value, signal, credentials: "omit" });
}

async function exchange(asked, status, reply) {
  const start = performance.now();
  status.textContent = "…";
  const response = await asked;
  const decoder = new TextDecoder();
  let text = "";
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    reply.textContent = text;
  }
  status.textContent = `${response.status} after ${((performance.now() - start) / 1000).toFixed(2)} s`;
  if (response.headers.get("content-type")?.startsWith("application/json")) {
    try { reply.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { /* It stays as it came. */ }
  }
}

function responseViews(responses) {
  return Object.entries(responses ?? {}).flatMap(([status, response]) => {
    response = resolved(response);
    const heading = make("h3", {}, `${status} `, prose("span", "note", response.description ?? ""));
    const contents = Object.entries(response.content ?? {}).map(([type, content]) =>
      make("div", {}, make("p", { className: "note", textContent: type }), content.schema ? schemaView(content.schema) : null));
    return [heading, ...contents];
  });
}

function routeView(method, path, operation) {
  const view = make("details", { className: "route" }, make("summary", {},
    make("span", { className: `method ${method}`, textContent: method }),
    make("span", { className: "path", textContent: path }),
    prose("span", "what", operation.summary ?? "")));
  view.dataset.words = `${method} ${path} ${operation.summary ?? ""} ${operation.description ?? ""}`.toLowerCase();
  view.addEventListener("toggle", () => {
    if (!view.open || view.childElementCount > 1) return;
    const parameters = (operation.parameters ?? []).map(resolved);
    const body = resolved(operation.requestBody ?? {}).content?.["application/json"]?.schema;
    view.append(make("div", {},
      operation.description ? prose("p", "", operation.description) : null,
      tryForm(method, path, parameters, body),
      ...(body ? [make("h3", { textContent: "Body" }), schemaView(body)] : []),
      ...responseViews(operation.responses)));
  });
  return view;
}

function show() {
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}`;
  document.getElementById("about").textContent = api.info.description ?? "";
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? "Others";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(routeView(method, path, item[method]));
    }
  }
  const sections = [...groups].map(([tag, views]) => make("section", {}, make("h2", { textContent: tag }), ...views));
  document.getElementById("routes").replaceChildren(...sections);
}

document.getElementById("filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const view of document.querySelectorAll("details.route")) view.hidden = !view.dataset.words.includes(wanted);
  for (const section of document.querySelectorAll("section")) section.hidden = !section.querySelector("details.route:not([hidden])");
});

fetch("/openapi.json", { credentials: "omit" })
  .then((response) => response.json())
  .then((description) => { api = description; show(); })
  .catch((error) => {
    document.getElementById("routes").replaceChildren(make("p", { textContent: `The description can't be read: ${error.message}` }));
  });
