// M06, M15, M21: many at once, and names that collide. What people wrote is on the disk or in history, and it comes to an end.
import { expect } from "vitest";
import { EMPTY_VECTOR, includes, joinVectors } from "../../../src/core/version-vector.ts";
import { isLive, type KeyedRecord } from "../../../src/core/record.ts";
import { RECORD_SIBLINGS_MAX } from "../../../src/wire/limits.ts";
import { DaemonDevice, settled } from "../../support/daemon-device.ts";
import { keyedRecordOf, vectorOf, versionOf } from "../../support/records.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { end, pieceOf } from "../../support/talk.ts";
import { attack } from "../support/cases.ts";
import { HostileScene } from "../support/hostile-scene.ts";

const NOTES = 60;

function notes(): Record<string, string> {
	return Object.fromEntries(Array.from({ length: NOTES }, (_, i) => [`notes/${i}.md`, `words of note ${i}`]));
}

/** Supersedes whatever the other said that it knows. */
function onTop({ key, record }: KeyedRecord, peer: ScriptedPeer): KeyedRecord {
	return {
		key,
		record: { ...record, context: joinVectors(record.context, peer.last("hello")?.knowledge ?? EMPTY_VECTOR) },
	};
}

async function keepsAll(scene: HostileScene, peer: ScriptedPeer): Promise<void> {
	const held = await scene.alice.process.event("held");
	expect(held).toMatchObject({ reason: "mass-delete" });
	expect(scene.alice.tree()).toEqual(notes());
	// Other notes go on, and nothing more is deleted in their company.
	const path = "honest.md";
	const text = "honest words";
	peer.say({ type: "records", records: [keyedRecordOf(path, [versionOf("b5000", { path, text })])] }, pieceOf(text));
	await scene.alice.process.line((line) => line.event === "applied" && line["path"] === path);
	expect(scene.alice.tree()).toEqual({ ...notes(), [path]: text });
	// A person says that it was not meant: everybody is told that they live, and they stay.
	const heard = peer.all("records").length;
	expect(await scene.alice.command("reject", String(held["id"]))).toBe(0);
	const told = (): ReadonlySet<string> => {
		const records = peer
			.all("records")
			.slice(heard)
			.flatMap((message) => message.records);
		return new Set(records.filter(({ record }) => isLive(record)).map(({ key }) => key));
	};
	await peer.until(() => Object.keys(notes()).every((key) => told().has(key)));
	expect(scene.alice.tree()).toEqual({ ...notes(), [path]: text });
}

export function massCases(): void {
	attack("M15", async () => {
		// A tombstone for each note.
		const first = await HostileScene.open(notes());
		let peer = await first.meet();
		const tombstones = Object.keys(notes()).map((path, i) =>
			onTop(keyedRecordOf(path, [versionOf(`b${i + 1}`, { path, text: undefined })]), peer),
		);
		peer.say({ type: "records", records: tombstones }, end(vectorOf(`b${NOTES}`)));
		await keepsAll(first, peer);

		// Not one tombstone: it says that it forgot them all.
		const second = await HostileScene.open(notes());
		peer = await second.meet();
		const all = joinVectors(peer.last("hello")?.knowledge ?? EMPTY_VECTOR, vectorOf("b1"));
		peer.say({ type: "begin-full" }, end(all, all, true));
		await keepsAll(second, peer);

		// Every note under another name, and back, and over again: all bytes stay, and what a person had is in history.
		const third = await HostileScene.open(notes());
		peer = await third.meet();
		let counter = 0;
		const move = (from: string, to: string, text: string): KeyedRecord[] => [
			onTop(keyedRecordOf(to, [versionOf(`b${++counter}`, { path: to, text })]), peer),
			onTop(keyedRecordOf(from, [versionOf(`b${++counter}`, { path: from, text: undefined })]), peer),
		];
		const moves = Object.entries(notes()).flatMap(([path, text]) =>
			move(path, path.replace("notes/", "elsewhere/"), text),
		);
		peer.say({ type: "records", records: moves }, end(vectorOf(`b${counter}`)));
		await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, vectorOf(`b${counter}`)));
		expect(Object.values(third.alice.tree()).sort()).toEqual(Object.values(notes()).sort());
		// Ten thousand changes of one note: the disk has the last, and history what it showed before.
		const path = "elsewhere/0.md";
		const before = third.memoryMiB();
		for (let i = 1; i <= 10_000; i++) {
			const text = `change ${i}`;
			const version = versionOf(`b${++counter}`, { path, text, lamport: i + 10 });
			peer.say(
				{ type: "records", records: [onTop(keyedRecordOf(path, [version], `b${counter - 1}`), peer)] },
				pieceOf(text),
			);
		}
		peer.say(end(vectorOf(`b${counter}`)));
		await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, vectorOf(`b${counter}`)));
		expect(third.alice.tree()[path]).toBe("change 10000");
		const after = third.memoryMiB();
		if (before !== undefined && after !== undefined) {
			console.info(
				`ten thousand changes: ${before.now.toFixed(0)} MiB before, ${after.peak.toFixed(0)} MiB at the peak`,
			);
			expect(after.peak - before.now).toBeLessThan(300);
		}
		const kept = await third.place.run("history", third.alice.folder, "--state", third.alice.state, "--json");
		expect(kept.stdout).toContain(path);
	});

	attack("M21", async () => {
		const scene = await HostileScene.open({ "mine.md": "mine" });
		const peer = await scene.meet();
		let counter = 0;
		/** So many versions of one path that know nothing of each other, nor of what is there. */
		const storm = async (path: string, size: number): Promise<void> => {
			const texts = Array.from({ length: size }, (_, i) => `${path} by storm ${i}\n`);
			const versions = texts.map((text) => versionOf(`b${++counter}`, { path, text, lamport: counter }));
			peer.say(
				{ type: "records", records: [keyedRecordOf(path, versions)] },
				...texts.map(pieceOf),
				end(vectorOf(`b${counter}`)),
			);
			await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, vectorOf(`b${counter}`)));
		};
		const copies = (): string[] => Object.keys(scene.alice.tree()).filter((path) => path.includes("(conflict"));
		await storm("mine.md", 10);
		expect(copies()).toHaveLength(10);
		expect(Object.values(scene.alice.tree())).toContain("mine");
		// Of each copy more versions, and of those copies again: each has a name of one generation, one for each version but one.
		for (let generation = 0; generation < 2; generation++) {
			const before = copies();
			for (const path of before.slice(0, 5)) await storm(path, 3);
			expect(copies().length).toBeLessThanOrEqual(before.length + 5 * 3);
		}
		expect(copies().filter((path) => path.split("(conflict").length > 2)).toEqual([]);
		expect(Object.values(scene.alice.tree())).toContain("mine");
		// More versions of one path than there can be devices end the session.
		const path = "mine.md";
		const versions = Array.from({ length: RECORD_SIBLINGS_MAX }, (_, i) =>
			versionOf(`b${1_000_000 + i}`, { path, text: `more ${i}` }),
		);
		const count = copies().length;
		peer.say({ type: "records", records: [keyedRecordOf(path, versions)] });
		expect(await scene.thrownOut()).toBe("limit");
		expect(copies()).toHaveLength(count);
	});

	attack("M06", async () => {
		const scene = await HostileScene.open({ "mine.md": "mine", "folder/note.md": "in a folder" });
		const bob = new DaemonDevice(scene.place, "bob", scene.relay);
		await bob.up();
		const devices = [scene.alice, bob];
		await settled(devices, () => bob.tree()["mine.md"] === "mine");
		const peer = await scene.meet();
		let counter = 0;
		const tell = (path: string, text: string): void => {
			const record = keyedRecordOf(path, [versionOf(`b${++counter}`, { path, text, lamport: 9 })]);
			peer.say({ type: "records", records: [record] }, pieceOf(text), end(vectorOf(`b${counter}`)));
		};
		const told: readonly (readonly [string, string])[] = [
			["MINE.md", "in capitals"],
			["Mine.MD", "in some capitals"],
			["stra\u00dfe.md", "sharp s"],
			["STRASSE.md", "two s"],
			["\u00e9.md", "composed"],
			["\u00c9.md", "composed, in capitals"],
			["file", "a file"],
			["file/x", "in a folder of that name"],
			["folder", "a file in place of a folder"],
			["folder/note.md/below.md", "below a note"],
			["FOLDER/Note.md", "the same note"],
		];
		for (const [path, text] of told) tell(path, text);
		// Of two that one device tells one after the other, the later has seen the earlier.
		const seen = ["in capitals", "composed"];
		const all = [...told.map(([, text]) => text).filter((text) => !seen.includes(text)), "mine", "in a folder"].sort();
		await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, vectorOf(`b${counter}`)));
		await scene.rogue.leave();
		await settled(devices, () => Object.values(bob.tree()).sort().join() === all.join());
		expect(scene.alice.tree()).toEqual(bob.tree());
		// It has come to an end: after another note nothing but that note was written.
		const from = devices.map(({ process }) => process.lines.length);
		scene.alice.write("last.md", "last");
		await settled(devices, () => bob.tree()["last.md"] === "last");
		const changed = devices.flatMap(({ process }, i) => process.lines.slice(from[i]).flatMap(({ path }) => path ?? []));
		expect(new Set(changed)).toEqual(new Set(["last.md"]));
		expect(scene.alice.tree()).toEqual(bob.tree());
	});
}
