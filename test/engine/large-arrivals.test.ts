// Large files come to a device that takes no part with them, and follow what others do with them.
import { describe, expect, it } from "vitest";
import { FOLDER } from "../../src/core/folder.ts";
import { PART_BYTES_MAX, READ_BACK_BYTES_MAX } from "../../src/engine/ports/large-files.ts";
import { LargeBench } from "../support/large-bench.ts";
import { hashOf, versionOf } from "../support/records.ts";

const MIB = 1024 * 1024;
const [FILM, CUT, SONG] = ["a film, and long", "the film, recut", "a song, and long"];

async function openBench(): Promise<LargeBench> {
	const bench = new LargeBench();
	await bench.open();
	return bench;
}

async function withFilm(): Promise<LargeBench> {
	const bench = await openBench();
	bench.giver().has(FILM).has(CUT).has(SONG);
	await bench.tell("film.mp4", "b1", { text: FILM });
	expect(bench.files()).toEqual({ "film.mp4": FILM });
	return bench;
}

describe("a large file", () => {
	it("[XL1 XL3] comes, has its author's time, and is nobody's act", async () => {
		const bench = await withFilm();
		expect(bench.vault.mtimeOf("film.mp4")).toBe(1_700_000_000_000);
		expect(bench.state("film.mp4")).toBe("here");
		expect(bench.shown("film.mp4")).toEqual({ hash: hashOf(FILM), isLeftOut: true });
		expect(bench.acts).toEqual([]);
		expect(bench.disk.own.size).toBe(0);
		await bench.restart();
		expect(bench.state("film.mp4")).toBe("here");
		expect([bench.acts, bench.failures]).toEqual([[], []]);
	});

	it("[XL1 XL2] comes in parts of at most 4 MiB, no more of it is asked for than is held, and it is never read", async () => {
		const bench = await openBench();
		const film = Uint8Array.from({ length: READ_BACK_BYTES_MAX + 5 }, (_, i) => (i * 31 + (i >> 12)) & 0xff);
		const giver = bench.giver().has(film);
		const version = versionOf("b1", { path: "film.mp4", text: "" });
		const content = { hash: hashOf(film), size: film.length };
		let most = 0;
		const want = giver.want.bind(giver);
		giver.want = (ranges) => {
			want(ranges);
			const onDisk = [...bench.disk.own.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
			most = Math.max(most, giver.wantedBytes - onDisk);
		};
		await bench.tellAll([["film.mp4", { ...version, content }, ""]]);
		expect(bench.vault.bytesOf("film.mp4")?.length).toBe(film.length);
		expect(hashOf(bench.vault.bytesOf("film.mp4") ?? new Uint8Array())).toBe(hashOf(film));
		expect(bench.disk.largest).toEqual({ appended: PART_BYTES_MAX, read: 0 });
		expect(most).toBeLessThanOrEqual(8 * MIB);
		expect(giver.wantedBytes).toBe(film.length);
	});

	it("[XL1] that is empty in its newest version comes from nobody", async () => {
		const bench = await withFilm();
		await bench.tell("film.mp4", "b2", { text: "" }, "b1");
		expect(bench.files()).toEqual({ "film.mp4": "" });
		expect(bench.trash()).toEqual([FILM]);
		expect(bench.shown("film.mp4")).toEqual({ hash: hashOf(""), isLeftOut: false });
	});

	it("[XL2] goes on with the next device where one leaves", async () => {
		const bench = await openBench();
		const film = new Uint8Array(6 * MIB).fill(7);
		const [first, second] = [bench.giver("1", true).has(film), bench.giver("2").has(film)];
		const content = { hash: hashOf(film), size: film.length };
		await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: "" }), content }, ""]]);
		first.answer(2);
		await bench.rest(100);
		bench.leave(first);
		await bench.rest();
		expect(hashOf(bench.vault.bytesOf("film.mp4") ?? "")).toBe(hashOf(film));
		expect(second.wants[0]?.offset).toBe(2 * MIB);
	});

	it("[XL2] keeps what has come while nobody has the rest, and gives it up for another only after minutes", async () => {
		for (const away of [4 * 60_000, 6 * 60_000]) {
			const bench = await openBench();
			const film = new Uint8Array(12 * MIB).fill(7);
			const first = bench.giver("1", true).has(film);
			const content = { hash: hashOf(film), size: film.length };
			await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: "" }), content }, ""]]);
			for (let turn = 0; turn < 100 && bench.large.fetch.current?.received !== 8 * MIB; turn++) {
				first.answer(1);
				await bench.rest(20);
			}
			expect(bench.large.fetch.current?.received).toBe(8 * MIB);
			bench.leave(first);
			await bench.rest(1_000);
			expect(bench.state("film.mp4")).toBe("waiting");
			bench.giver("2").has(CUT);
			await bench.tell("small.mp4", "b2", { text: CUT });
			await bench.rest(away);
			const isKept = away < 5 * 60_000;
			expect([bench.large.fetch.current?.received, bench.files()]).toEqual(
				isKept ? [8 * MIB, {}] : [undefined, { "small.mp4": CUT }],
			);
			const again = bench.giver("1").has(film);
			await bench.rest(20_000);
			expect(Object.keys(bench.files())).toEqual(["film.mp4", "small.mp4"]);
			expect((again.wants[0]?.offset ?? 0) >= 8 * MIB).toBe(isKept);
		}
	});

	it("[XL2] that is not there yet at all makes room at once for one that can come", async () => {
		const bench = await openBench();
		const first = bench.giver("1", true).has(FILM);
		await bench.tell("film.mp4", "b1", { text: FILM });
		bench.leave(first);
		bench.giver("2").has(CUT);
		await bench.tell("small.mp4", "b2", { text: CUT });
		expect(bench.files()).toEqual({ "small.mp4": CUT });
	});

	it("[XL2] does not begin after the end, even where the end comes in the middle of a change", async () => {
		const bench = await openBench();
		const giver = bench.giver("1", true).has(FILM).has(CUT);
		await bench.tell("film.mp4", "b1", { text: FILM });
		const giveUp = bench.large.fetch.giveUp.bind(bench.large.fetch);
		let stopping: Promise<void> | undefined;
		bench.large.fetch.giveUp = async () => {
			await giveUp();
			if (stopping !== undefined) return;
			stopping = bench.large.stop();
			await Promise.resolve();
		};
		const asked = giver.wants.length;
		await bench.tell("film.mp4", "b2", { text: CUT, lamport: 2 }, "b1");
		await stopping;
		expect(stopping).toBeDefined();
		expect([bench.large.fetch.current, giver.wants.length]).toEqual([undefined, asked]);
	});

	it("[XL2] waits for a device that has it, and says how far it is", async () => {
		const bench = await openBench();
		await bench.tell("film.mp4", "b1", { text: FILM });
		expect(bench.state("film.mp4")).toBe("waiting");
		const without = bench.giver("1");
		await bench.rest();
		expect([bench.state("film.mp4"), without.wants.length]).toEqual(["waiting", 1]);
		const slow = bench.giver("2", true).has(FILM);
		await bench.rest();
		expect(bench.large.stateOf("film.mp4" as never)).toEqual({ kind: "coming", received: 0, size: FILM.length });
		slow.answer();
		await bench.rest();
		expect(bench.files()).toEqual({ "film.mp4": FILM });
	});

	it("[XL2] one comes at a time, the smallest first", async () => {
		const bench = await openBench();
		const giver = bench.giver().has("eleven bytes").has("a little longer").has("the longest of them");
		giver.isSlow = true;
		await bench.tellAll(
			["the longest of them", "eleven bytes", "a little longer"].map((text, i) => {
				const path = `${String(i)}.mp4`;
				return [path, versionOf(`b${String(i + 1)}`, { path, text }), ""] as const;
			}),
		);
		expect(giver.wants.map(({ length }) => length)).toEqual([12]);
		expect([bench.state("1.mp4"), bench.state("2.mp4")]).toEqual(["coming", "queued"]);
		for (let turn = 0; turn < 3; turn++) {
			giver.answer();
			await bench.rest();
		}
		expect(giver.wants.map(({ length }) => length)).toEqual([12, 15, 19]);
		expect(Object.keys(bench.files())).toEqual(["0.mp4", "1.mp4", "2.mp4"]);
	});

	it("[XL2] keeps to the limit that a person set", async () => {
		const bench = await openBench();
		bench.throttle.limit({ down: 256 * 1024 });
		const film = new Uint8Array(4 * MIB).fill(7);
		const giver = bench.giver().has(film);
		const content = { hash: hashOf(film), size: film.length };
		await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: "" }), content }, ""]]);
		expect(giver.wantedBytes).toBeLessThan(5.5 * 256 * 1024);
		await bench.rest(15_000);
		expect(bench.vault.bytesOf("film.mp4")?.length).toBe(film.length);
	});

	it("[XL2] of more than anybody can send is asked of nobody", async () => {
		const bench = await openBench();
		const giver = bench.giver();
		const content = { hash: hashOf(FILM), size: 2 ** 31 };
		await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: FILM }), content }, ""]]);
		expect([bench.state("film.mp4"), giver.wants]).toEqual(["beyond", []]);
	});

	it("[XL2 XL9] is given up when it is wanted no more", async () => {
		const bench = await openBench();
		const giver = bench.giver().has(FILM);
		giver.isSlow = true;
		await bench.tell("film.mp4", "b1", { text: FILM });
		await bench.tell("film.mp4", "b2", {}, "b1");
		giver.answer();
		await bench.rest();
		expect([bench.files(), bench.disk.own.size, bench.state("film.mp4")]).toEqual([{}, 0, undefined]);
	});

	it("[XL4] changes: the old one is in sight until the new one is whole, and can be found after that", async () => {
		const bench = await withFilm();
		const [giver] = bench.givers;
		if (giver === undefined) throw new Error("there is one");
		giver.isSlow = true;
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.state("film.mp4")]).toEqual([{ "film.mp4": FILM }, "coming"]);
		giver.answer();
		await bench.rest();
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": CUT }, [FILM]]);
		expect(bench.shown("film.mp4").hash).toBe(hashOf(CUT));
		expect(bench.acts).toEqual([]);
	});

	it("[XL4 XL10] takes part once it is small, without being fetched again", async () => {
		const bench = await withFilm();
		const [giver] = bench.givers;
		giver?.has("short");
		await bench.tell("film.mp4", "b2", { text: "short" }, "b1");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": "short" }, [FILM]]);
		expect(bench.shown("film.mp4")).toEqual({ hash: hashOf("short"), isLeftOut: false });
		expect([bench.acts, bench.inner.wanted]).toEqual([[], []]);
	});

	it("[XL4 XL10] grows: what took part gives way, if nobody touched it", async () => {
		const bench = await openBench();
		bench.giver().has(FILM);
		bench.vault.save("film.mp4", "short");
		await bench.rest();
		expect(bench.acts).toEqual(["create film.mp4"]);
		const over = [...(bench.inner.replica.index.get("film.mp4" as never)?.record.context ?? [])];
		const context = over.map(([epoch, counter]) => `${epoch.charAt(0)}${String(counter)}`).join(" ");
		await bench.tell("film.mp4", "b1", { text: FILM, lamport: 9, ancestors: ["short"] }, context);
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": FILM }, ["short"]]);
		expect(bench.acts).toEqual(["create film.mp4"]);
	});

	it("[XL5] deleted elsewhere goes where a person finds it", async () => {
		const bench = await withFilm();
		await bench.tell("film.mp4", "b2", {}, "b1");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{}, [FILM], []]);
		expect(bench.state("film.mp4")).toBeUndefined();
		expect(bench.shown("film.mp4")).toEqual({ hash: undefined, isLeftOut: false });
	});

	it("[XL5] renamed elsewhere is renamed here, and not fetched", async () => {
		const bench = await withFilm();
		const [giver] = bench.givers;
		const asked = giver?.wants.length;
		await bench.tellAll([
			["film.mp4", versionOf("b2", { path: "film.mp4" }), "b1"],
			["films/holiday.mp4", versionOf("b3", { path: "films/holiday.mp4", text: FILM }), ""],
		]);
		expect([bench.files(), bench.trash()]).toEqual([{ "films/holiday.mp4": FILM }, []]);
		expect([giver?.wants.length, bench.acts]).toEqual([asked, []]);
		expect(bench.shown("films/holiday.mp4").hash).toBe(hashOf(FILM));
		expect(bench.shown("film.mp4")).toEqual({ hash: undefined, isLeftOut: false });
		await bench.restart();
		await bench.tell("films/holiday.mp4", "b4", {}, "b3");
		expect([bench.files(), bench.trash()]).toEqual([{}, [FILM]]);
	});

	it("[XL5] whose name is written another way elsewhere is so here", async () => {
		const bench = await withFilm();
		await bench.tell("Film.mp4", "b2", { text: FILM, lamport: 2 }, "b1");
		expect([bench.files(), bench.trash()]).toEqual([{ "Film.mp4": FILM }, []]);
		expect(bench.state("Film.mp4")).toBe("here");
	});

	it("[XL3 XL5] that stands at two places comes for each", async () => {
		const bench = await withFilm();
		await bench.tell("copy.mp4", "b2", { text: FILM });
		expect(bench.files()).toEqual({ "copy.mp4": FILM, "film.mp4": FILM });
		await bench.tell("copy.mp4", "b3", {}, "b2");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": FILM }, [FILM]]);
	});

	it.each(["film.mp4", "FILM.mp4"])("[XL3 XL6] does not come where a person's file is: %s", async (name) => {
		const bench = await openBench();
		const giver = bench.giver().has(FILM);
		bench.vault.save(name, "a person's, and long");
		await bench.tell("film.mp4", "b1", { text: FILM });
		expect([bench.files(), bench.state("film.mp4")]).toEqual([{ [name]: "a person's, and long" }, "other-file"]);
		expect([giver.wants, bench.trash(), bench.acts]).toEqual([[], [], []]);
		bench.vault.delete(name);
		await bench.rest();
		expect(bench.files()).toEqual({ "film.mp4": FILM });
	});

	it("[XL3] does not come where a folder is, or where the disk has no such name", async () => {
		const bench = await openBench();
		const giver = bench.giver().has(FILM);
		bench.vault.save("film.mp4/note.md", "note");
		bench.disk.unnameable = "aux";
		await bench.tell("film.mp4", "b1", { text: FILM });
		await bench.tell("aux.mp4", "b2", { text: FILM });
		expect([bench.state("aux.mp4"), giver.wants]).toEqual(["held", []]);
		expect(bench.files()).toEqual({ "film.mp4/note.md": "note" });
	});

	it("[XL3] nothing happens while the vault is away", async () => {
		const bench = await withFilm();
		bench.vault.setPresent(false);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		await bench.rest();
		expect(bench.state("film.mp4")).toBe("unknown");
		bench.vault.setPresent(true);
		await bench.rest(70_000);
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": CUT }, [FILM]]);
	});

	it("[XL6] that a person changed stays as it is, whatever others do, and is told to nobody", async () => {
		const bench = await withFilm();
		bench.vault.save("film.mp4", "the person's own cut");
		await bench.rest();
		expect([bench.state("film.mp4"), bench.acts]).toEqual(["changed-here", []]);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		await bench.tell("film.mp4", "b3", {}, "b2");
		await bench.restart();
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": "the person's own cut" }, [], []]);
		expect(bench.disk.own.size).toBe(0);
	});

	it("[XL6] with the length of before is known by its time", async () => {
		const bench = await withFilm();
		bench.vault.save("film.mp4", FILM.replace("a", "A"));
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": FILM.replace("a", "A") }, []]);
	});

	it("[XL7] that a person removed is not fetched again, and no deletion is told", async () => {
		const bench = await withFilm();
		const [giver] = bench.givers;
		const asked = giver?.wants.length;
		bench.vault.delete("film.mp4");
		await bench.rest();
		expect([bench.state("film.mp4"), bench.acts]).toEqual(["removed-here", []]);
		await bench.restart();
		expect([bench.state("film.mp4"), bench.files(), giver?.wants.length]).toEqual(["removed-here", {}, asked]);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.acts]).toEqual([{ "film.mp4": CUT }, []]);
	});

	it("[XL7] that a person removed while the program was off stays away, too", async () => {
		const bench = await withFilm();
		await bench.close();
		bench.vault.delete("film.mp4");
		await bench.open();
		expect([bench.state("film.mp4"), bench.files(), bench.acts]).toEqual(["removed-here", {}, []]);
	});

	it("[XL4 XL7] that a person moved away and back as it was is this device's own again, over a restart too", async () => {
		for (const isRestarted of [false, true]) {
			const bench = await withFilm();
			const mtime = bench.vault.mtimeOf("film.mp4") ?? 0;
			bench.vault.delete("film.mp4");
			await bench.rest();
			expect(bench.state("film.mp4")).toBe("removed-here");
			if (isRestarted) await bench.restart();
			bench.vault.saveWithTime("film.mp4", FILM, mtime);
			await bench.rest();
			expect([bench.state("film.mp4"), bench.shown("film.mp4").hash]).toEqual(["here", hashOf(FILM)]);
			await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
			expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [FILM], []]);
		}
	});

	it("[XL6 XL7] that comes back with another time is a person's", async () => {
		const bench = await withFilm();
		bench.vault.delete("film.mp4");
		await bench.rest();
		bench.vault.saveWithTime("film.mp4", FILM, 1_700_000_000_001);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.state("film.mp4")]).toEqual([{ "film.mp4": FILM }, [], "other-file"]);
	});

	it("[XL6 XL7] that a person renamed was removed there, and is an unknown file elsewhere", async () => {
		const bench = await withFilm();
		bench.vault.move("film.mp4", "mine.mp4");
		await bench.rest();
		expect([bench.files(), bench.state("film.mp4"), bench.acts]).toEqual([{ "mine.mp4": FILM }, "removed-here", []]);
	});

	it("[XL9] stays as it is while there are several versions, and comes when there is one", async () => {
		const bench = await withFilm();
		await bench.tell("film.mp4", "b2", { text: CUT, lamport: 2 }, "b1");
		await bench.inner.tell([], []);
		await bench.tell("film.mp4", "c1", { text: SONG, lamport: 2 }, "b1");
		expect([bench.state("film.mp4"), bench.files()]).toEqual(["two-versions", { "film.mp4": CUT }]);
		await bench.tell("film.mp4", "c2", { text: SONG, lamport: 3 }, "c1 b2");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": SONG }, [FILM, CUT]]);
	});

	it("[XL12] comes when it is turned on, and nothing comes or goes when it is off", async () => {
		const bench = await openBench();
		bench.isOn = false;
		bench.giver().has(FILM).has(CUT);
		await bench.tell("film.mp4", "b1", { text: FILM });
		expect([bench.files(), bench.state("film.mp4")]).toEqual([{}, "off"]);
		await bench.turnOn(true);
		expect(bench.files()).toEqual({ "film.mp4": FILM });
		await bench.turnOn(false);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		await bench.tell("film.mp4", "b3", {}, "b2");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": FILM }, []]);
	});

	it("[XL12] does not come to a device that only sends, which says so", async () => {
		const bench = new LargeBench();
		bench.isSendOnly = true;
		await bench.open();
		bench.giver().has(FILM);
		await bench.tell("film.mp4", "b1", { text: FILM });
		expect([bench.state("film.mp4"), bench.files()]).toEqual(["send-only", {}]);
		bench.isSendOnly = false;
		await bench.turnOn(false);
		expect(bench.state("film.mp4")).toBe("off");
	});

	it("[XL3] says that a folder has its name elsewhere, and leaves it as it is", async () => {
		const bench = await withFilm();
		const folder = { ...versionOf("b2", { path: "film.mp4", lamport: 2 }), content: { hash: FOLDER, size: 0 } };
		await bench.tellAll([["film.mp4", folder, "b1"]]);
		expect(bench.files()).toEqual({ "film.mp4": FILM });
		expect(bench.state("film.mp4")).toBe("folder");
	});

	it("[XL2] that another device has with another size comes from the next at once", async () => {
		const bench = await openBench();
		const first = bench.giver("1").lies(FILM, "a film, and very long");
		bench.giver("2").has(FILM);
		await bench.tell("film.mp4", "b1", { text: FILM });
		expect([first.wants.length, bench.files()]).toEqual([1, { "film.mp4": FILM }]);
	});

	it("[XL1] is never read to be sent to others", async () => {
		const bench = await withFilm();
		expect(await bench.inner.replica.contents.find(hashOf(FILM))).toBeUndefined();
	});
});
