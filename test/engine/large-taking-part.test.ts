// What takes part is changed by a person while large files are in every state: the engine takes over what stands there as what it is.
import { describe, expect, it } from "vitest";
import { LargeBench, LIMIT } from "../support/large-bench.ts";
import { hashOf, keyedRecordOf, versionOf } from "../support/records.ts";

const [FILM, CUT, MINE] = ["a film, and long", "the film, recut", "the person's own cut"];

async function withFilm(): Promise<LargeBench> {
	const bench = new LargeBench();
	await bench.open();
	bench.giver().has(FILM).has(CUT);
	await bench.tell("film.mp4", "b1", { text: FILM });
	return bench;
}

/** As the engine has contents that take part. */
async function withContents(bench: LargeBench, ...texts: string[]): Promise<void> {
	await bench.inner.tell([], texts);
}

describe("a limit that is raised", () => {
	it("[XL10] takes a file over that was put here: nothing is fetched, sent or told anew", async () => {
		const bench = await withFilm();
		await bench.limit(undefined);
		expect(bench.shown("film.mp4")).toEqual({ hash: hashOf(FILM), isLeftOut: false });
		expect([bench.acts, bench.inner.wanted, bench.state("film.mp4")]).toEqual([[], [], undefined]);
		expect(bench.inner.replica.isIdle).toBe(true);
		await withContents(bench, CUT);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [], []]);
		expect(await bench.inner.kept()).toEqual([`replaced film.mp4: ${FILM}`]);
	});

	it("[XL10] at a restart, too", async () => {
		const bench = await withFilm();
		await bench.restart(Infinity);
		expect(bench.shown("film.mp4")).toEqual({ hash: hashOf(FILM), isLeftOut: false });
		expect([bench.acts, bench.inner.wanted, bench.files()]).toEqual([[], [], { "film.mp4": FILM }]);
	});

	it("[XL7 XL10] brings what was removed here, and tells no deletion", async () => {
		const bench = await withFilm();
		bench.vault.delete("film.mp4");
		await bench.rest();
		await withContents(bench, FILM);
		await bench.limit(undefined);
		expect([bench.files(), bench.acts]).toEqual([{ "film.mp4": FILM }, []]);
	});

	it("[XL7 XL10] the same where the program was off when it was removed", async () => {
		const bench = await withFilm();
		await bench.close();
		bench.vault.delete("film.mp4");
		await withContents(bench, FILM);
		await bench.open(Infinity);
		expect([bench.files(), bench.acts]).toEqual([{ "film.mp4": FILM }, []]);
	});

	it("[XL6 XL10] makes what a person changed here a version on top of what was here", async () => {
		const bench = await withFilm();
		bench.vault.save("film.mp4", MINE);
		await bench.limit(undefined);
		expect([bench.files(), bench.acts]).toEqual([{ "film.mp4": MINE }, ["modify film.mp4"]]);
		expect(bench.inner.replica.index.get("film.mp4" as never)?.record.siblings).toHaveLength(1);
	});

	it("[XL10] while it comes: it is given up, and the engine fetches it", async () => {
		const bench = new LargeBench();
		await bench.open();
		const slow = bench.giver("1", true).has(FILM);
		await bench.tell("film.mp4", "b1", { text: FILM });
		await withContents(bench, FILM);
		await bench.limit(undefined);
		slow.answer();
		await bench.rest();
		expect([bench.files(), bench.disk.own.size, bench.acts]).toEqual([{ "film.mp4": FILM }, 0, []]);
		expect(bench.shown("film.mp4").isLeftOut).toBe(false);
	});

	it("[XL10] between the old one and the new one: both are somewhere", async () => {
		const bench = await withFilm();
		for (let turn = 0; turn < 9; turn++) bench.disk.failures.push({ of: "place", code: "locked" });
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.state("film.mp4")]).toEqual([{}, [FILM], "held"]);
		await withContents(bench, CUT);
		await bench.limit(undefined);
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [FILM], []]);
		expect(bench.disk.own.size).toBe(0);
	});
});

describe("a limit that is lowered", () => {
	it("[XL10] leaves a file that took part; a newer version takes its place as usual", async () => {
		const bench = await withFilm();
		await bench.limit(undefined);
		await bench.limit(LIMIT);
		expect([bench.files(), bench.state("film.mp4"), bench.trash()]).toEqual([{ "film.mp4": FILM }, "here", []]);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [FILM], []]);
	});

	it("[XL1 XL10] reads none of its versions for a peer that asks, by whatever name they stand here", async () => {
		const bench = new LargeBench();
		await bench.open(Infinity);
		bench.giver().has(FILM).has(CUT);
		await bench.inner.tell([], [FILM, CUT]);
		const apart = [
			versionOf("b1", { path: "film.mp4", text: FILM }),
			versionOf("c1", { path: "film.mp4", text: CUT, lamport: 2 }),
		];
		await bench.inner.tell([keyedRecordOf("film.mp4", apart)], []);
		await bench.rest();
		expect(Object.values(bench.files()).sort()).toEqual([FILM, CUT].sort());
		const found = (): Promise<boolean[]> =>
			Promise.all(
				[FILM, CUT].map(async (text) => (await bench.inner.replica.contents.find(hashOf(text))) !== undefined),
			);
		await bench.restart(Infinity);
		expect(await found()).toEqual([true, true]);
		await bench.limit(LIMIT);
		await bench.restart();
		expect(await found()).toEqual([false, false]);
		await bench.restart(Infinity);
		expect(await found()).toEqual([true, true]);
	});

	it("[XL6 XL10] leaves a file for good that a person changed since", async () => {
		const bench = await withFilm();
		await bench.limit(undefined);
		await bench.limit(LIMIT);
		bench.vault.save("film.mp4", MINE);
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": MINE }, [], []]);
	});

	it("[XL5 XL10] renames a file that took part", async () => {
		const bench = await withFilm();
		await bench.limit(undefined);
		await bench.limit(LIMIT);
		const asked = [...bench.givers][0]?.wants.length;
		await bench.tellAll([
			["film.mp4", { ...deleted("b2") }, "b1"],
			["b.mp4", made("b3"), ""],
		]);
		expect([bench.files(), bench.trash()]).toEqual([{ "b.mp4": FILM }, []]);
		expect([...bench.givers][0]?.wants.length).toBe(asked);
	});

	it("[XL7 XL10] what a person removes after that is nobody's deletion", async () => {
		const bench = await withFilm();
		await bench.limit(undefined);
		await bench.limit(LIMIT);
		bench.vault.delete("film.mp4");
		await bench.rest();
		await bench.restart();
		expect(bench.acts).toEqual([]);
	});
});

describe("rules", () => {
	it("[XL10] leave a file where it is, and what comes is given up", async () => {
		const bench = await withFilm();
		bench.inner.scope.set("*.mp4", LIMIT);
		bench.inner.replica.noticeScope();
		await bench.tell("film.mp4", "b2", { text: CUT }, "b1");
		expect([bench.files(), bench.trash(), bench.state("film.mp4")]).toEqual([{ "film.mp4": FILM }, [], undefined]);
		bench.inner.scope.set("", LIMIT);
		bench.inner.replica.noticeScope();
		await bench.rest();
		expect([bench.files(), bench.trash(), bench.acts]).toEqual([{ "film.mp4": CUT }, [FILM], []]);
	});
});

function deleted(dot: string) {
	return versionOf(dot, { path: "film.mp4" });
}

function made(dot: string) {
	return versionOf(dot, { path: "b.mp4", text: FILM });
}
