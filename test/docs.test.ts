// The texts name what is there: files, messages, limits, codes and labels. A text that fell behind the code fails here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import type { GroupId } from "../src/core/ids.ts";
import { NEVER_MET } from "../src/core/links.ts";
import * as pathLimits from "../src/core/path.ts";
import * as recordLimits from "../src/core/record.ts";
import { encodeMessage } from "../src/wire/codec.ts";
import * as helloLimits from "../src/wire/hello.ts";
import * as wireLimits from "../src/wire/limits.ts";
import { BYE_CODES, messageSchemas, type PeerMessage } from "../src/wire/messages.ts";
import * as relayLimits from "../src/wire/relay-api.ts";
import { isThere, linksOf, pathsNamedIn } from "./support/doc-paths.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const decisions = readdirSync(join(root, "readme/decisions")).map((name) => `readme/decisions/${name}`);
const documents = [
	"README.md",
	"ARCHITECTURE.md",
	"CONTRIBUTING.md",
	"readme/PROTOCOL.md",
	"readme/SECURITY.md",
	...decisions,
];

describe("every text", () => {
	test.each(documents)("names only files that exist: %s", (document) => {
		const text = read(document);
		const named = [...pathsNamedIn(text, root), ...linksOf(text, document)];
		expect(named.filter((path) => !isThere(path, root))).toEqual([]);
	});

	test("is held to that by a reader that finds what is missing", () => {
		const text = "`src/core/nothing.ts`, [x](readme/none.md), `src/core/path.ts`, `npm run check`\n```\n`no.ts`\n```\n";
		const named = [...pathsNamedIn(text, root), ...linksOf(text, "README.md")];
		expect(named.filter((path) => !isThere(path, root))).toEqual(["src/core/nothing.ts", "readme/none.md"]);
	});
});

describe("ARCHITECTURE.md", () => {
	test("has a place for every file of core, wire and engine", () => {
		const text = read("ARCHITECTURE.md");
		const files = ["src/core", "src/wire", "src/engine"].flatMap((zone) =>
			readdirSync(join(root, zone), { withFileTypes: true }).flatMap((entry) =>
				entry.isFile() ? [`${zone}/${entry.name}`] : [],
			),
		);
		expect(files.filter((file) => !text.includes(`\`${file}\``))).toEqual([]);
	});
});

describe("readme/PROTOCOL.md", () => {
	const protocol = read("readme/PROTOCOL.md");

	test("lists every peer message with its number, its name and as many fields as travel", () => {
		const block = /^```\n( 0 [\s\S]*?)^```/m.exec(protocol)?.[1] ?? "";
		const listed = Array.from(block.matchAll(/^ ?(\d+) ([a-z-]+)(?: +(\S.*))?$/gm), ([, number, name, fields]) => ({
			number: Number(number),
			name,
			fields: fields === undefined ? 0 : topLevelParts(fields),
		}));
		const travelling = Object.values(samples)
			.map((message) => {
				const [number, ...fields] = decode(encodeMessage(message)) as [number, ...unknown[]];
				return { number, name: message.type, fields: fields.length };
			})
			.sort((a, b) => a.number - b.number);
		expect(travelling.map(({ number }) => number)).toEqual([...messageSchemas.keys()]);
		expect(listed).toEqual(travelling);
	});

	test.each([
		["src/wire/limits.ts", wireLimits],
		["src/core/record.ts", recordLimits],
		["src/core/path.ts", pathLimits],
		["src/wire/hello.ts", helloLimits],
		["src/wire/relay-api.ts", relayLimits],
	])("gives the limits of %s as the code has them", (file, module) => {
		const section = protocol.slice(protocol.indexOf(`| \`${file}\``));
		const table = section.slice(0, section.indexOf("\n\n"));
		const listed = Array.from(table.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|$/gm), ([, name = "", value = ""]) => [
			name,
			toNumber(value),
		]);
		const exported = Object.entries(module).filter(
			([name, value]) => typeof value === "number" && /_(?:MAX|TARGET|BURST|PER_SECOND|LIFE_MS)$/.test(name),
		);
		expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(exported));
	});

	test("names every code that ends a session, fails a handshake, refuses input or comes from the relay", () => {
		const codes = [
			...BYE_CODES,
			...relayLimits.ERROR_CODES,
			...unionMembers("src/wire/decode-error.ts", "DecodeErrorCode"),
			...unionMembers("src/engine/handshake.ts", "HandshakeErrorCode"),
			...unionMembers("src/wire/sealed-error.ts", "SealedErrorCode"),
		];
		expect(codes.length).toBeGreaterThan(30);
		expect(codes.filter((code) => !protocol.includes(`\`${code}\``))).toEqual([]);
		for (const close of Object.values(relayLimits.SOCKET_CLOSE)) expect(protocol).toContain(String(close));
	});

	test("names every label that keys, transcripts and seals are bound to", () => {
		const files = ["src/web/web-crypto.ts", "src/wire/hello.ts", "src/engine/introductions.ts"];
		files.push(
			"src/peerjs/sealed-signalling.ts",
			"src/peerjs/status-seal.ts",
			"src/wire/roster-codec.ts",
			"src/web/envelope.ts",
			"src/wire/key-envelope.ts",
			"src/wire/mailbox-head.ts",
			"src/wire/mailbox-receipt.ts",
		);
		const labels = files.flatMap((file) =>
			Array.from(read(file).matchAll(/"(psync\/[a-z/]*1)"/g), ([, label = ""]) => label),
		);
		const sealed = ["mailbox/head", "mailbox/head/seal", "mailbox/receipt", "mailbox/receipt/seal"];
		const bound = [
			...["envelope", "handed", "handed/sign", "link", "peer", "roster", "roster/key", "signal", "status"],
			...sealed,
		].map((label) => `psync/${label}/1`);
		expect(labels.toSorted()).toEqual(["psync/1", ...bound].toSorted());
		expect(labels.filter((label) => !protocol.includes(label))).toEqual([]);
		const derived = Array.from(
			read("src/web/web-crypto.ts").matchAll(/hkdf\(["`]([a-z]+)/g),
			([, label = ""]) => label,
		);
		expect(derived.toSorted()).toEqual(["login", "peer", "roster", "signal", "snap"]);
		const stored = Array.from(read("src/web/mailbox-keys.ts").matchAll(/`([a-z ]+)\|\$/g), ([, label = ""]) => label);
		expect(stored.toSorted()).toEqual(["head", "pack", "pack commitment", "receipt"]);
		expect(stored.filter((label) => !protocol.includes(`\`${label}\\|<gid>\``))).toEqual([]);
	});
});

/** One of each: a type without a sample does not compile. */
const samples: { readonly [T in PeerMessage["type"]]: PeerMessage & { readonly type: T } } = {
	hello: { type: "hello", knowledge: new Map(), forgotten: new Map(), root: new Uint8Array(16) },
	records: { type: "records", records: [] },
	end: { type: "end", knowledge: new Map(), forgotten: new Map(), full: false },
	"need-full": { type: "need-full" },
	"begin-full": { type: "begin-full" },
	ack: { type: "ack", received: new Map(), applied: new Map(), root: new Uint8Array(16), recordMessages: 0 },
	want: { type: "want", ranges: [] },
	pieces: { type: "pieces", pieces: [] },
	unavailable: { type: "unavailable", hashes: [] },
	heartbeat: { type: "heartbeat", root: new Uint8Array(16), knowledge: new Uint8Array(8) },
	probe: { type: "probe", number: 1 },
	"probe-answer": { type: "probe-answer", number: 1 },
	bye: { type: "bye", code: "stopped" },
	members: { type: "members", members: [] },
	link: { type: "link", link: NEVER_MET },
	"trie-ask": { type: "trie-ask", prefixes: [] },
	"trie-nodes": { type: "trie-nodes", nodes: [] },
	"trie-want": { type: "trie-want", hashes: [] },
	roster: { type: "roster", entries: [] },
	envelope: { type: "envelope", envelope: new Uint8Array(1) },
	heads: { type: "heads", groupId: "0".repeat(64) as GroupId, heads: [] },
	"trie-records": { type: "trie-records", knowledge: new Map(), records: [], absent: [] },
};

/** Commas outside of brackets, and one. */
function topLevelParts(fields: string): number {
	let flat = fields;
	for (let before = ""; before !== flat;) {
		before = flat;
		flat = before.replaceAll(/\[[^[\]]*\]/g, "");
	}
	return flat.split(",").length;
}

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, TiB: 2 ** 40 };

function toNumber(text: string): number {
	const [number, unit] = text.split(" ");
	return Number(number) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN));
}

/** The string literals of `export type name = …`. */
function unionMembers(file: string, name: string): string[] {
	const text = read(file);
	const start = text.indexOf(`export type ${name} =`);
	const declaration = text.slice(start, text.indexOf(";\n", start)).replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
	return Array.from(declaration.matchAll(/"([a-z-]+)"/g), ([, member = ""]) => member);
}
