// Everything that can go wrong while large files come and go: the program dies around any call to a disk, disks tear, fill up and fail, peers
// lie and leave. Whatever happens, no file of a person's is lost, none is overwritten, and nobody is told of a deletion.
import { describe, expect, it } from "vitest";
import type { Sibling } from "../../src/core/record.ts";
import { LargeBench, LIMIT } from "../support/large-bench.ts";
import { hashOf, versionOf } from "../support/records.ts";

const [FILM, CUT, SONG, MINE] = ["a film, and long", "the film, recut", "a song, and long", "the person's own cut"];

type Told = readonly (readonly [string, Sibling, string])[];

interface Story {
	readonly title: string;
	/** Before anything goes wrong. */
	readonly first: Told;
	/** A person's act, before or after the rest is told. */
	readonly person?: (bench: LargeBench) => void;
	readonly then: Told;
	readonly limit?: number;
	readonly files: Record<string, string>;
	/** In the vault or the trash for good. */
	readonly somewhere: readonly string[];
}

const version = (path: string, dot: string, text?: string, lamport = 1): Sibling =>
	versionOf(dot, { path, lamport, ...(text === undefined ? {} : { text }) });
const film = ["film.mp4", version("film.mp4", "b1", FILM), ""] as const;

const STORIES: readonly Story[] = [
	{ title: "[XL8] it comes", first: [], then: [film], files: { "film.mp4": FILM }, somewhere: [FILM] },
	{
		title: "[XL4 XL8] it changes",
		first: [film],
		then: [["film.mp4", version("film.mp4", "b2", CUT), "b1"]],
		files: { "film.mp4": CUT },
		somewhere: [FILM, CUT],
	},
	{
		title: "[XL5 XL8] it is deleted",
		first: [film],
		then: [["film.mp4", version("film.mp4", "b2"), "b1"]],
		files: {},
		somewhere: [FILM],
	},
	{
		title: "[XL5 XL8] it is renamed",
		first: [film],
		then: [
			["film.mp4", version("film.mp4", "b2"), "b1"],
			["new/film.mp4", version("new/film.mp4", "b3", FILM), ""],
		],
		files: { "new/film.mp4": FILM },
		somewhere: [FILM],
	},
	{
		title: "[XL5 XL8] it is renamed, and another takes its place",
		first: [film],
		then: [
			["film.mp4", version("film.mp4", "b2", SONG), "b1"],
			["new/film.mp4", version("new/film.mp4", "b3", FILM), ""],
		],
		files: { "film.mp4": SONG, "new/film.mp4": FILM },
		somewhere: [FILM, SONG],
	},
	{
		title: "[XL6 XL8] it changes, and a person was quicker",
		first: [film],
		person: (bench) => {
			bench.vault.save("film.mp4", MINE);
		},
		then: [["film.mp4", version("film.mp4", "b2", CUT), "b1"]],
		files: { "film.mp4": MINE },
		somewhere: [MINE],
	},
	{
		title: "[XL6 XL8] it is deleted, and a person changed it",
		first: [film],
		person: (bench) => {
			bench.vault.save("film.mp4", MINE);
		},
		then: [["film.mp4", version("film.mp4", "b2"), "b1"]],
		files: { "film.mp4": MINE },
		somewhere: [MINE],
	},
	{
		title: "[XL7 XL8] a person removes it",
		first: [film],
		person: (bench) => {
			bench.vault.delete("film.mp4");
		},
		then: [],
		files: {},
		somewhere: [],
	},
	{
		title: "[XL4 XL8 XL10] it becomes small, and takes part",
		first: [film],
		then: [["film.mp4", version("film.mp4", "b2", "short"), "b1"]],
		files: { "film.mp4": "short" },
		somewhere: [FILM, "short"],
	},
];

async function prepared({ first, person }: Story): Promise<LargeBench> {
	const bench = new LargeBench();
	await bench.open();
	bench.giver().has(FILM).has(CUT).has(SONG).has("short");
	await bench.inner.tell([], [FILM, CUT, SONG, "short"]);
	if (first.length > 0) await bench.tellAll(first);
	person?.(bench);
	return bench;
}

/** What holds at every moment. */
function nothingIsLost(bench: LargeBench, story: Story): void {
	const inVault = Object.values(bench.files());
	if (story.person !== undefined && story.somewhere.includes(MINE)) expect(inVault).toContain(MINE);
	const known = [FILM, CUT, SONG, MINE, "short"];
	for (const text of inVault) expect(known).toContain(text);
	if (story.first.length > 0 && story.person === undefined) expect([...inVault, ...bench.trash()]).toContain(FILM);
	expect(bench.acts).toEqual([]);
	expect(bench.failures).toEqual([]);
}

async function endsWell(bench: LargeBench, story: Story, limit = LIMIT): Promise<void> {
	await bench.restart(limit);
	await bench.rest(70_000);
	expect(bench.files()).toEqual(story.files);
	for (const text of story.somewhere) expect([...Object.values(bench.files()), ...bench.trash()]).toContain(text);
	nothingIsLost(bench, story);
	expect([...bench.disk.own.keys()]).toEqual([]);
}

describe.each(STORIES)("a story: $title", (story) => {
	it.each([
		["before or after it", undefined],
		["in it", 3],
	])("[XL8] and the program dies around any call to a disk, %s", async (_, tear) => {
		const whole = await prepared(story);
		const from = whole.calls;
		await whole.tellAll(story.then);
		await whole.rest(70_000);
		const calls = whole.calls - from;
		await endsWell(whole, story);
		for (let at = 1; at <= calls; at++) {
			const bench = await prepared(story);
			bench.dieAt = bench.calls + at;
			bench.tear = tear;
			await bench.tellAll(story.then);
			await bench.rest();
			nothingIsLost(bench, story);
			await bench.restart();
			// Records that never became durable are told again.
			await bench.tellAll(story.then);
			await endsWell(bench, story);
		}
	});

	it("[XL8 XL10] and a person lets it take part in the middle", async () => {
		const whole = await prepared(story);
		const from = whole.calls;
		await whole.tellAll(story.then);
		const calls = whole.calls - from;
		for (let at = 1; at <= calls; at++) {
			const bench = await prepared(story);
			bench.dieAt = bench.calls + at;
			await bench.tellAll(story.then);
			await bench.restart(Infinity);
			await bench.rest();
			// What a person changed or removed is theirs from then on, or comes again; nothing else is anybody's act.
			if (story.person === undefined) expect(bench.acts).toEqual([]);
			expect(bench.acts.filter((act) => act.startsWith("delete"))).toEqual([]);
			const all = [...Object.values(bench.files()), ...bench.trash(), ...(await bench.inner.kept())].join("\n");
			if (story.first.length > 0 && story.person === undefined) expect(all).toContain(FILM);
			if (story.somewhere.includes(MINE)) expect(all).toContain(MINE);
		}
	});
});

describe("a state that is older than the disk", () => {
	it("[XL6 XL8] takes what it does not know for a person's", async () => {
		const bench = new LargeBench();
		await bench.open();
		bench.giver().has(FILM).has(CUT);
		await bench.tell("film.mp4", "b1", { text: FILM });
		await bench.close();
		const older = bench.inner.store.afterCrash();
		bench.inner.store = older.afterCrash();
		await bench.open();
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		await bench.close();
		bench.inner.store = older.afterCrash();
		await bench.open();
		await bench.tell("film.mp4", "b3", {}, "b2");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [FILM], []]);
	});

	it("[XL1 XL8] without its own list goes by the books, and reads no large file for a peer", async () => {
		const bench = new LargeBench();
		await bench.open();
		bench.giver().has(FILM).has(CUT);
		await bench.tell("film.mp4", "b1", { text: FILM });
		await bench.close();
		for (const name of bench.inner.store.files().keys())
			if (name.startsWith("large-rows/")) await bench.inner.store.write(name, new Uint8Array([1, 2, 3]));
		await bench.open();
		expect([bench.state("film.mp4"), bench.shown("film.mp4").hash]).toEqual(["here", hashOf(FILM)]);
		// A peer that asks for it gets nothing: it would be in memory as a whole.
		expect(await bench.inner.replica.contents.find(hashOf(FILM))).toBeUndefined();
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash()]).toEqual([{ "film.mp4": CUT }, [FILM]]);
	});
});

describe("a disk that fails", () => {
	it.each(["place", "discard", "move"] as const)("[XL8 XL11] at each %s once loses nothing", async (of) => {
		for (const story of STORIES) {
			const bench = await prepared(story);
			bench.disk.failures.push({ of, code: "io" });
			await bench.tellAll(story.then);
			nothingIsLost(bench, story);
			await bench.rest(130_000);
			await endsWell(bench, story);
		}
	});

	it("[XL8 XL11] for the state: nothing is done to a file before it is written down", async () => {
		const [, story] = STORIES;
		if (story === undefined) throw new Error("there are stories");
		for (let failing = 1; failing < 8; failing++) {
			const bench = await prepared(story);
			bench.inner.store.failNextWrites(failing);
			await bench.tellAll(story.then);
			nothingIsLost(bench, story);
			await bench.rest(600_000);
			await endsWell(bench, story);
		}
	});
});

describe("a person who works while the program is dead", () => {
	const newest = (bench: LargeBench): Promise<void> =>
		bench.tellAll([["film.mp4", version("film.mp4", "b9", SONG, 9), "b8"]]);

	it.each(STORIES.filter(({ person }) => person === undefined))(
		"[XL6 XL8] keeps what was saved: $title",
		async (story) => {
			const whole = await prepared(story);
			const from = whole.calls;
			await whole.tellAll(story.then);
			const calls = whole.calls - from;
			for (let at = 1; at <= calls; at++) {
				const bench = await prepared(story);
				bench.dieAt = bench.calls + at;
				await bench.tellAll(story.then);
				bench.vault.save("film.mp4", MINE);
				await bench.restart();
				await bench.tellAll(story.then);
				await newest(bench);
				await bench.tellAll([["film.mp4", version("film.mp4", "b10", undefined, 10), "b9"]]);
				expect(bench.files()["film.mp4"]).toBe(MINE);
				// Where the engine was in the middle of a step of its own it tries that once more (L9), and then tells of what it finds.
				expect(bench.acts.filter((act) => act !== "create film.mp4")).toEqual([]);
				expect(bench.failures).toEqual([]);
			}
		},
	);

	it("[XL6 XL8] even a file of the very size and time of what was about to be put", async () => {
		const [, story] = STORIES;
		if (story === undefined) throw new Error("there are stories");
		const mine = CUT.replace("recut", "mine!");
		let met = 0;
		for (let at = 1; at <= 40; at++) {
			const bench = await prepared(story);
			bench.dieAt = bench.calls + at;
			await bench.tellAll(story.then);
			// Once it is there nobody could tell the two apart.
			if (!bench.isDead || bench.disk.own.size === 0 || Object.keys(bench.files()).length > 0) continue;
			met++;
			bench.vault.saveWithTime("film.mp4", mine, 1_700_000_000_000);
			await bench.restart();
			await newest(bench);
			expect(bench.files()).toEqual({ "film.mp4": mine });
		}
		expect(met).toBeGreaterThan(3);
	});

	it("[XL4 XL8] what gave way and is wanted again comes again: nobody removed it", async () => {
		const [, story] = STORIES;
		if (story === undefined) throw new Error("there are stories");
		for (let at = 1; at <= 40; at++) {
			const bench = await prepared(story);
			bench.dieAt = bench.calls + at;
			await bench.tellAll(story.then);
			bench.givers.clear();
			// What was about to take its place is lost, too.
			if (bench.isDead) bench.disk.own.clear();
			await bench.restart();
			await bench.tellAll([["film.mp4", version("film.mp4", "b9", FILM, 9), "b8"]]);
			bench.giver("2").has(FILM);
			await bench.rest(70_000);
			expect(bench.files()).toEqual({ "film.mp4": FILM });
		}
	});
});

describe("a person who is quicker", () => {
	it("[XL3 XL6] than a file that comes has the place", async () => {
		const bench = new LargeBench();
		await bench.open();
		const slow = bench.giver("1", true).has(FILM);
		await bench.tell("film.mp4", "b1", { text: FILM });
		bench.vault.save("film.mp4", MINE);
		slow.answer();
		await bench.rest();
		expect([bench.files(), bench.trash(), bench.disk.own.size]).toEqual([{ "film.mp4": MINE }, [], 0]);
		expect(bench.acts).toEqual([]);
	});

	it("[XL6] at what has just been put: it is theirs", async () => {
		const bench = new LargeBench();
		await bench.open();
		bench.giver().has(FILM).has(CUT);
		bench.disk.afterPlace = () => {
			bench.vault.save("film.mp4", MINE);
		};
		await bench.tell("film.mp4", "b1", { text: FILM });
		bench.disk.afterPlace = undefined;
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		await bench.tell("film.mp4", "b3", {}, "b2");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": MINE }, [], []]);
	});
});
