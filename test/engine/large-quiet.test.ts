// What costs nothing while nothing happens, and what is not tried again and again.
import { expect, it } from "vitest";
import { NO_SPACE_RETRY_MAX_MS } from "../../src/engine/large-arrivals.ts";
import { LargeBench } from "../support/large-bench.ts";
import { hashOf, versionOf } from "../support/records.ts";

const MIB = 1024 * 1024;
const [FILM, CUT] = ["a film, and long", "the film, recut"];
const HOUR = 3_600_000;

it("[XL11] in quiet nothing is looked at, nothing fetched and nothing written", async () => {
	const bench = new LargeBench();
	await bench.open();
	const giver = bench.giver().has(FILM);
	await bench.tell("film.mp4", "b1", { text: FILM });
	await bench.tell("other.mp4", "b2", { text: CUT });
	bench.vault.save("mine.mp4", "a person's, and long");
	await bench.rest(60_000);
	const rows = (): string[] => [...bench.inner.store.files().keys()].filter((name) => name.startsWith("large-rows/"));
	const before = [new Map(bench.disk.calls), giver.wants.length, rows(), bench.clock.pending];
	await bench.rest(10 * HOUR);
	expect([bench.disk.calls, giver.wants.length, rows(), bench.clock.pending]).toEqual(before);
});

it("[XL11] a scan of the vault looks at each of them at most once", async () => {
	const bench = new LargeBench();
	await bench.open();
	bench.giver().has(FILM);
	await bench.tell("film.mp4", "b1", { text: FILM });
	await bench.rest(60_000);
	bench.vault.save("mine.mp4", "a person's, and long");
	await bench.rest(60_000);
	const looks = bench.disk.calls.get("look") ?? 0;
	const rows = (): string[] => [...bench.inner.store.files().keys()].filter((name) => name.startsWith("large-rows/"));
	const before = rows();
	await bench.inner.scan();
	await bench.rest(60_000);
	expect(rows()).toEqual(before);
	expect((bench.disk.calls.get("look") ?? 0) - looks).toBeLessThanOrEqual(2);
});

it("[XL11] a disk without room is tried ever more seldom, over restarts too, and smaller files come", async () => {
	const bench = new LargeBench();
	await bench.open();
	const film = new Uint8Array(6 * MIB).fill(7);
	const giver = bench.giver().has(film).has(FILM);
	bench.disk.room = 5 * MIB;
	const content = { hash: hashOf(film), size: film.length };
	await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: "" }), content }, ""]]);
	expect(bench.large.stateOf("film.mp4" as never)).toEqual({ kind: "held", code: "no-space" });
	expect(bench.disk.own.size).toBe(0);
	await bench.tell("small.mp4", "b2", { text: FILM });
	expect(bench.files()).toEqual({ "small.mp4": FILM });
	const tries = (): number => giver.wants.filter(({ offset, hash }) => offset === 0 && hash === content.hash).length;
	expect(tries()).toBe(1);
	for (let turn = 0; turn < 20; turn++) {
		await bench.restart();
		await bench.rest(1_000);
	}
	expect(tries()).toBeLessThanOrEqual(3);
	await bench.rest(10 * HOUR);
	expect(tries()).toBeLessThan(22);
	bench.disk.room = Infinity;
	await bench.rest(NO_SPACE_RETRY_MAX_MS + 60_000);
	expect(bench.vault.bytesOf("film.mp4")?.length).toBe(film.length);
});

it("[XL11] a disk without room is tried once a day in the end, and at once where a person asks", async () => {
	const bench = new LargeBench();
	await bench.open();
	const giver = bench.giver().has(FILM);
	bench.disk.room = 5;
	await bench.tell("film.mp4", "b1", { text: FILM });
	await bench.rest(4 * 24 * HOUR);
	const before = giver.wants.length;
	await bench.rest(10 * 24 * HOUR);
	expect(giver.wants.length - before).toBeLessThanOrEqual(11);
	expect(giver.wants.length - before).toBeGreaterThanOrEqual(9);
	bench.disk.room = Infinity;
	bench.large.tryNow();
	await bench.rest();
	expect(bench.files()).toEqual({ "film.mp4": FILM });
});

it("[XL11] what could not be put where it belongs is put at once where a person asks", async () => {
	const bench = new LargeBench();
	await bench.open();
	bench.giver().has(FILM);
	bench.disk.failures.push({ of: "place", code: "locked" });
	await bench.tell("film.mp4", "b1", { text: FILM });
	expect(bench.files()).toEqual({});
	bench.large.tryNow();
	await bench.rest();
	expect(bench.files()).toEqual({ "film.mp4": FILM });
});

it("[XL11] one content of two files is tried ever more seldom on a disk that fails, not by turns", async () => {
	const bench = new LargeBench();
	await bench.open();
	const giver = bench.giver().has(FILM);
	bench.disk.room = 5;
	await bench.tellAll([
		["a.mp4", versionOf("b1", { path: "a.mp4", text: FILM }), ""],
		["b.mp4", versionOf("b2", { path: "b.mp4", text: FILM }), ""],
	]);
	await bench.rest(50_000);
	expect(giver.wants.length).toBe(1);
	expect([bench.state("a.mp4"), bench.state("b.mp4")]).toEqual(["held", "held"]);
	await bench.rest(HOUR);
	expect(giver.wants.length).toBeLessThanOrEqual(6);
	bench.disk.room = Infinity;
	await bench.rest(24 * HOUR);
	expect(bench.files()).toEqual({ "a.mp4": FILM, "b.mp4": FILM });
});

it("[XL11] a version of no bytes with a hash that no bytes have is tried ever more seldom", async () => {
	const bench = new LargeBench();
	await bench.open();
	bench.giver().has(FILM);
	await bench.tell("film.mp4", "b1", { text: FILM });
	let tries = 0;
	const begin = bench.large.fetch.begin.bind(bench.large.fetch);
	bench.large.fetch.begin = (content) => {
		if (++tries > 100) throw new Error("without end");
		begin(content);
	};
	const content = { hash: hashOf(CUT), size: 0 };
	await bench.tellAll([["film.mp4", { ...versionOf("b2", { path: "film.mp4", text: CUT }), content }, "b1"]]);
	await bench.rest(1_000);
	expect([tries, bench.state("film.mp4"), bench.failures]).toEqual([1, "held", []]);
	await bench.rest(HOUR);
	expect(tries).toBeLessThanOrEqual(7);
});

it("[XL2 XL11] wrong bytes are not fetched again from who sent them, and come from another", async () => {
	const bench = new LargeBench();
	await bench.open();
	const liar = bench.giver("1").lies(FILM, "a film, not long");
	await bench.tell("film.mp4", "b1", { text: FILM });
	expect([liar.isExpelled, bench.files(), bench.disk.own.size]).toEqual([true, {}, 0]);
	// Its next session.
	bench.leave(liar);
	const again = bench.giver("1").lies(FILM, "a film, not long");
	await bench.rest(HOUR / 2);
	expect([again.wants.length, bench.state("film.mp4")]).toEqual([0, "waiting"]);
	bench.giver("2").has(FILM);
	await bench.rest();
	expect(bench.files()).toEqual({ "film.mp4": FILM });
});

it("[XL2 XL11] where several sent parts of wrong bytes nobody is accused, and none is asked again soon", async () => {
	const bench = new LargeBench();
	await bench.open();
	const [film, other] = [new Uint8Array(3 * MIB).fill(7), new Uint8Array(3 * MIB).fill(8)];
	const first = bench.giver("1", true).has(film);
	first.contents.set(hashOf(film), other);
	const second = bench.giver("2").has(film);
	const content = { hash: hashOf(film), size: film.length };
	await bench.tellAll([["film.mp4", { ...versionOf("b1", { path: "film.mp4", text: "" }), content }, ""]]);
	first.answer(1);
	bench.leave(first);
	await bench.rest();
	expect([second.isExpelled, Object.keys(bench.files()), bench.disk.own.size]).toEqual([false, [], 0]);
	const asked = second.wants.length;
	await bench.rest(HOUR / 2);
	expect(second.wants.length).toBe(asked);
});

it("[XL11] what cannot be put where it belongs is tried ever more seldom, without being fetched again", async () => {
	const bench = new LargeBench();
	await bench.open();
	const giver = bench.giver().has(FILM);
	for (let turn = 0; turn < 5; turn++) bench.disk.failures.push({ of: "place", code: "locked" });
	await bench.tell("film.mp4", "b1", { text: FILM });
	expect(bench.large.stateOf("film.mp4" as never)).toEqual({ kind: "held", code: "locked" });
	await bench.rest(HOUR / 4);
	expect(bench.files()).toEqual({});
	await bench.rest(HOUR);
	expect([bench.files(), giver.wants.length]).toEqual([{ "film.mp4": FILM }, 1]);
});
