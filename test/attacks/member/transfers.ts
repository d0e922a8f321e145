// M14, M17, M18, M20: contents. Wrong, endless, swelling or never read: no file is touched, memory stays bounded, others go on.
import { encode } from "@msgpack/msgpack";
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import { includes, EMPTY_VECTOR } from "../../../src/core/version-vector.ts";
import { hexToBytes } from "../../../src/core/bytes.ts";
import { recordToWire } from "../../../src/wire/record-codec.ts";
import { bytesOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../../support/records.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { end, pieceOf, theirs } from "../../support/talk.ts";
import { attack } from "../support/cases.ts";
import { HostileScene } from "../support/hostile-scene.ts";

/** A version of b that supersedes all that the honest device said it knows. */
function overwrite(peer: ScriptedPeer, path: string, counter: number, text: string): void {
	const { key, record } = keyedRecordOf(path, [versionOf(`b${counter}`, { text, path, lamport: 1_000 })]);
	const known = peer.last("hello")?.knowledge ?? EMPTY_VECTOR;
	peer.say({
		type: "records",
		records: [{ key, record: { ...record, context: new Map([...known, ...record.context]) } }],
	});
}

/** A note of that size, of which nobody has to have the bytes. */
function announce(peer: ScriptedPeer, counter: number, hash: string, size: number): void {
	const [path, context, siblings, superseded] = recordToWire(
		theirs(`b${counter}`, `${counter}`, `large ${counter}.bin`),
	) as [string, unknown, unknown[][], unknown];
	const told = siblings.map((sibling) =>
		sibling.map((field, at) => (at === 3 ? hexToBytes(hash) : at === 4 ? size : field)),
	);
	peer.sayRaw([1, [[path, context, told, superseded]]]);
}

/** Beside what it holds at rest; a program that did as it was told would take many times as much. */
const MORE_MIB_MAX = 300;

export function transferCases(): void {
	attack("M14", async () => {
		const scene = await HostileScene.open({ "mine.md": "mine" });
		const wrong: readonly ((text: string) => unknown)[] = [
			(text) => [7, [[hexToBytes(hashOf(text)), text.length, 0, bytesOf(text.replace(/.$/, "!"))]]],
			(text) => [7, [[hexToBytes(hashOf(text)), text.length, 0, new Uint8Array(text.length)]]],
		];
		for (const [i, pieces] of wrong.entries()) {
			const text = `overwritten ${i}`;
			const peer = await scene.meet();
			overwrite(peer, "mine.md", i + 1, text);
			await peer.until(() => peer.last("want") !== undefined);
			peer.sayRaw(pieces(text), "notes");
			expect(await scene.thrownOut()).toBe("protocol");
			expect(scene.alice.tree()).toEqual({ "mine.md": "mine" });
		}
		// Bytes of another length than announced, more than were asked for, or of another place: asked of somebody else.
		const peer = await scene.meet();
		overwrite(peer, "mine.md", 3, "overwritten at last");
		await peer.until(() => peer.last("want") !== undefined);
		const hash = hexToBytes(hashOf("overwritten at last"));
		peer.sayRaw([7, [[hash, 40_000, 0, new Uint8Array(40_000)]]], "notes");
		peer.sayRaw([7, [[hash, 19, 3, bytesOf("overwritten at l")]]], "notes");
		peer.say({ type: "records", records: [theirs("b5", "honest words", "honest.md")] }, pieceOf("honest words"));
		await scene.alice.process.line((line) => line.event === "applied" && line["path"] === "honest.md");
		expect(scene.alice.tree()).toEqual({ "mine.md": "mine", "honest.md": "honest words" });
		// The right ones are written.
		peer.say(
			{ type: "records", records: [theirs("b6")] },
			pieceOf("overwritten at last"),
			pieceOf("theirs"),
			end(vectorOf("b6")),
		);
		await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, vectorOf("b6")));
		expect(scene.alice.tree()["mine.md"]).toBe("overwritten at last");
		const kept = await scene.place.run("history", scene.alice.folder, "--state", scene.alice.state, "--json");
		expect(kept.stdout).toContain(`"hash":"${hashOf("mine")}"`);
	});

	attack("M17", async () => {
		const scene = await HostileScene.open();
		const before = scene.memoryMiB();
		// A thousand contents of a gigabyte that begin and never end, in whatever order the bytes come.
		let peer = await scene.meet();
		for (let i = 1; i <= 1_000; i++) announce(peer, i, hashOf(`stream ${i}`), 1_000_000_000);
		await peer.until(() => peer.last("want") !== undefined);
		const piece = (i: number, offset: number, bytes: number): unknown => [
			7,
			[[hexToBytes(hashOf(`stream ${i}`)), 1_000_000_000, offset, new Uint8Array(bytes)]],
		];
		for (let i = 1; i <= 1_000; i++) {
			peer.sayRaw(piece(i, 0, 1), "bulk");
			peer.sayRaw(piece(i, 500_000_000, 1_000), "bulk");
			peer.sayRaw(piece(i, 0, 1_000), "bulk");
			peer.sayRaw(piece(i, 999_999_999, 1), "bulk");
		}
		const told = vectorOf("b1001");
		peer.say({ type: "records", records: [theirs("b1001")] }, pieceOf("theirs"), end(told));
		await scene.alice.process.line((line) => line.event === "applied" && line["path"] === "theirs.md");
		// What no size and no place can be ends the session.
		const hash = hexToBytes(hashOf("stream 1"));
		for (const [size, offset] of [
			[1_000, 2 ** 31],
			[2 ** 53, 0],
			[-1, 0],
			[1_000, -1],
			[1_000, 999.5],
			[1_000, 999],
		]) {
			peer = await scene.meet();
			peer.sayRaw([7, [[hash, size, offset, new Uint8Array(2)]]], "bulk");
			expect([size, offset, await scene.thrownOut()]).toEqual([size, offset, "malformed"]);
		}
		// A message that is begun on every lane and never ended, and one that never ends.
		for (const lane of [0, 1, 2]) {
			peer = await scene.meet();
			const part = new Uint8Array(60_000);
			for (const other of [0, 1, 2]) if (other !== lane) peer.frame(Uint8Array.of(other, 1, ...part.subarray(0, 10)));
			for (let i = 0; i < 30; i++) {
				part[0] = lane;
				part[1] = i === 0 ? 1 : 0;
				peer.frame(part);
			}
			expect([lane, await scene.thrownOut()]).toEqual([lane, "malformed"]);
		}
		expect(scene.alice.tree()).toEqual({ "mine.md": "mine", "theirs.md": "theirs" });
		expectBounded(scene, before);
	});

	attack("M18", async () => {
		// Nothing that comes in is ever inflated: what looks compressed is bytes of a file, and lengths are not believed.
		const scene = await HostileScene.open();
		const before = scene.memoryMiB();
		const bomb = gzipSync(new Uint8Array(512 * 1024 * 1024), { level: 9 });
		const lying = Buffer.from(bomb);
		lying.writeUInt32LE(1, lying.length - 4);
		const samples = [bomb, lying, bomb.subarray(0, 10_000), Buffer.concat([deflateSync("x"), Buffer.from("garbage")])];
		let peer = await scene.meet();
		for (const [i, bytes] of samples.entries()) {
			const path = `large ${i + 1}.bin`;
			announce(peer, i + 1, hashOf(bytes), bytes.length);
			const at = (offset: number): unknown => [
				7,
				[[hexToBytes(hashOf(bytes)), bytes.length, offset, bytes.subarray(offset, offset + 48 * 1024)]],
			];
			await peer.until(() => peer.all("want").some(({ ranges }) => ranges.some(({ hash }) => hash === hashOf(bytes))));
			for (let offset = 0; offset < bytes.length; offset += 48 * 1024) peer.sayRaw(at(offset), "bulk");
			await scene.alice.process.line((line) => line.event === "applied" && line["path"] === path);
			expect(readFileSync(scene.alice.at(path)).equals(bytes)).toBe(true);
		}
		// Messages that promise more than they hold, that are nested without end, or that are compressed.
		const framed = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0, 3, ...bytes);
		const deep = new Uint8Array(60_000).fill(0x91);
		for (const bytes of [
			Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
			Uint8Array.of(0x92, 0x01, 0xdd, 0x7f, 0xff, 0xff, 0xff),
			Uint8Array.of(0x92, 0x07, 0x91, 0x94, 0xc6, 0xff, 0xff, 0xff, 0xff),
			Uint8Array.of(0x92, 0x01, 0xdb, 0xff, 0xff, 0xff, 0xff),
			Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff),
			Uint8Array.of(0xc9, 0xff, 0xff, 0xff, 0xff, 0x01),
			deep,
			deflateSync(encode([10, 1])),
			gzipSync(encode([10, 1])),
		]) {
			peer = await scene.meet();
			peer.frame(framed(bytes));
			expect([bytes.subarray(0, 9), await scene.thrownOut()]).toEqual([bytes.subarray(0, 9), "malformed"]);
		}
		expectBounded(scene, before);
	});

	attack("M20", async () => {
		const large = "0123456789abcdef".repeat(512 * 1024);
		const scene = await HostileScene.open({ "large.md": large, "small.md": "small" });
		const before = scene.memoryMiB();
		const whole = Array.from({ length: 8 }, (_, i) => ({ hash: hashOf(large), offset: i * 2 ** 20, length: 2 ** 20 }));
		// The same eight megabytes a thousand times, in the requests of one moment.
		let peer = await scene.meet();
		for (let i = 0; i < 1_000; i++) peer.say({ type: "want", ranges: whole });
		expect(await scene.thrownOut()).toBe("limit");
		// Byte by byte.
		peer = await scene.meet();
		const single = Array.from({ length: 256 }, (_, i) => ({ hash: hashOf(large), offset: i, length: 1 }));
		for (let i = 0; i < 1_000; i++) peer.say({ type: "want", ranges: single });
		expect(await scene.thrownOut()).toBe("limit");
		// As many as a fair peer may ask for are answered, and others are served beside.
		peer = await scene.meet();
		peer.say({ type: "want", ranges: [{ hash: hashOf("small"), offset: 0, length: 5 }, ...single.slice(1)] });
		await peer.until(() => peer.all("pieces").flatMap(({ pieces }) => pieces).length === 256);
		await scene.taken(peer, 1);
		expectBounded(scene, before);
	});
}

function expectBounded(scene: HostileScene, before: ReturnType<HostileScene["memoryMiB"]>): void {
	const after = scene.memoryMiB();
	if (before === undefined || after === undefined) return;
	console.info(`memory of the device: ${before.now.toFixed(0)} MiB before, ${after.peak.toFixed(0)} MiB at its peak`);
	expect(after.peak - before.now).toBeLessThan(MORE_MIB_MAX);
}
