// The official `openai` package for Node. The server runs already: scripts/client-tests starts it.

import assert from "node:assert/strict";
import { test } from "node:test";

import OpenAI from "openai";

const address = process.env.ABIDE_SERVER;
const model = process.env.ABIDE_SERVER_MODEL;
const embeddingModel = process.env.ABIDE_SERVER_EMBEDDING_MODEL;
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "What is the capital of France? Answer in one short sentence." }];
const request = { model, messages, max_completion_tokens: 24, seed: 7 };

const parameters = {
  type: "object",
  properties: { city: { enum: ["Lyon", "Ghent", "Turin"] } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

async function answersInFlight() {
  const text = await (await fetch(`${address}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith("abide_answers_"));
  assert.equal(lines.length, 2);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

test("it chats, and streams the same", async () => {
  const answer = await client.chat.completions.create(request);
  assert.ok(answer.choices[0].message.content.trim());
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(streamed, answer.choices[0].message.content);
});

test("it calls a tool", async () => {
  const answer = await client.chat.completions.create({ ...request, max_completion_tokens: 100, tools, tool_choice: "required" });
  assert.equal(answer.choices[0].finish_reason, "tool_calls");
  const [call] = answer.choices[0].message.tool_calls;
  assert.equal(call.function.name, "get_weather");
  assert.ok(parameters.properties.city.enum.includes(JSON.parse(call.function.arguments).city));
});

test("it streams a call", async () => {
  const stream = await client.chat.completions.create({
    ...request,
    max_completion_tokens: 100,
    tools,
    tool_choice: "required",
    parallel_tool_calls: false,
    stream: true,
  });
  let [name, text] = ["", ""];
  for await (const chunk of stream) {
    for (const call of chunk.choices[0]?.delta.tool_calls ?? []) {
      name ||= call.function.name;
      text += call.function.arguments ?? "";
    }
  }
  assert.equal(name, "get_weather");
  assert.ok(parameters.properties.city.enum.includes(JSON.parse(text).city));
});

test("responses", async () => {
  const asked = { model, input: messages[0].content, max_output_tokens: 24, store: false };
  assert.ok((await client.responses.create(asked)).output_text.trim());
  const kinds = [];
  for await (const event of await client.responses.create({ ...asked, stream: true })) kinds.push(event.type);
  assert.equal(kinds[0], "response.created");
  assert.ok(kinds.includes("response.output_text.delta"));
  assert.ok(["response.completed", "response.incomplete"].includes(kinds.at(-1)));
});

test("its JSON is true to the schema", async () => {
  const response_format = { type: "json_schema", json_schema: { name: "place", schema: parameters, strict: true } };
  const answer = await client.chat.completions.create({ ...request, max_completion_tokens: 100, response_format });
  assert.deepEqual(Object.keys(JSON.parse(answer.choices[0].message.content)), ["city"]);
});

test("it embeds", async () => {
  const answer = await client.embeddings.create({ model: embeddingModel, input: ["a cat", "a dog"] });
  assert.deepEqual(answer.data.map((item) => item.embedding.length), [384, 384]);
});

test("it lists", async () => {
  const ids = [];
  for await (const entry of client.models.list()) ids.push(entry.id);
  assert.ok(ids.includes(model));
});

test("hanging up frees the place", async () => {
  const story = [{ role: "user", content: "Tell a very long story." }];
  const stream = await client.chat.completions.create({ model, messages: story, max_completion_tokens: 4000, stream: true });
  for await (const _ of stream) break;
  const deadline = Date.now() + 30_000;
  while ((await answersInFlight()) > 0) {
    assert.ok(Date.now() < deadline, "an answer is still being written though nobody reads it");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test("errors are its own", async () => {
  await assert.rejects(client.chat.completions.create({ ...request, model: "no-such-model" }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ ...request, temperatur: 1 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.message, /temperatur/);
    return true;
  });
});

test("a companion answers as a model, and hears nothing twice", async () => {
  const name = `Nora ${crypto.randomUUID().slice(0, 8)}`;
  const companion = `${address}/v1/companions/${encodeURIComponent(name)}`;
  const made = await fetch(`${address}/v1/companions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, persona: { name: "Nora", personality: "calm" } }),
  });
  assert.equal(made.status, 201);
  const talk = { ...request, model: `companion/${name}`, max_completion_tokens: 12 };
  const said = [{ role: "user", content: "My cat is called Juno." }];
  const first = await client.chat.completions.create({ ...talk, messages: said });
  said.push(first.choices[0].message, { role: "user", content: "What is she called?" });
  let reply = "";
  for await (const chunk of await client.chat.completions.create({ ...talk, messages: said, stream: true })) {
    reply += chunk.choices[0]?.delta.content ?? "";
  }
  assert.ok(reply.trim());
  const { messages: kept } = await (await fetch(`${companion}/messages`)).json();
  const users = kept.filter((message) => message.speaker === "user").map((message) => message.text);
  assert.deepEqual(users, ["My cat is called Juno.", "What is she called?"]);
  assert.equal(kept.at(-1).text.trim(), reply.trim());
  assert.ok((await fetch(companion, { method: "DELETE" })).ok);
});

test("fetch is told that a body is too large", async () => {
  const url = `${address}/v1/chat/completions`;
  for (const size of [(32 << 20) + 1, 320 << 20]) {
    const refused = await fetch(url, { method: "POST", body: new Uint8Array(size) });
    assert.equal(refused.status, 413);
    assert.match((await refused.json()).error.message, /larger/);
  }
  // One that has no end, as long as somebody takes it.
  const piece = new Uint8Array(1 << 20);
  let told = false;
  const pull = (controller) => (told ? controller.close() : controller.enqueue(piece));
  const endless = new ReadableStream({ pull });
  const refused = await fetch(url, { method: "POST", body: endless, duplex: "half" });
  told = true;
  assert.equal(refused.status, 413);
  await refused.body.cancel();
});
