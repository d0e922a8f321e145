// A file that is announced with a size that nobody can hold.
import { expect, it } from "vitest";
import { ReplicaBench } from "../support/replica-bench.ts";
import { keyedRecordOf, versionOf, vectorOf } from "../support/records.ts";

it("[X6] is held, asked of nobody, and the others go on; a smaller version of it is taken", async () => {
	const bench = new ReplicaBench();
	await bench.open();
	const film = versionOf("b1", { text: "film", path: "film.mov" });
	const huge = { ...film, content: film.content && { ...film.content, size: 2 ** 40 } };
	const note = versionOf("b2", { text: "note", path: "note.md" });
	await bench.tell(
		[keyedRecordOf("film.mov", [huge]), keyedRecordOf("note.md", [note])],
		["note", "film"],
		vectorOf("b2"),
	);
	expect(bench.files()).toEqual({ "note.md": "note" });
	expect(bench.held).toEqual(["film.mov: too-large"]);
	await bench.tell([keyedRecordOf("film.mov", [versionOf("b3", { text: "cut", path: "film.mov" })], "b1")], ["cut"]);
	expect(bench.files()).toEqual({ "film.mov": "cut", "note.md": "note" });
	expect(bench.replica.held).toEqual([]);
	await bench.stop();
});
