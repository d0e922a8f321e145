// Generated notes for the benchmarks: the same count and seed give the same tree, about 4 KiB a note, 40 notes a folder.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WORDS =
	"river stone lamp garden letter window paper winter question answer morning friend bridge market signal story field harbour".split(
		" ",
	);

function generator(seed) {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Writes `count` notes below `folder` and returns their bytes in all. */
export function writeNotes(folder, count, seed = 1) {
	const random = generator(seed);
	let bytes = 0;
	for (let i = 0; i < count; i++) {
		const area = join(folder, `area ${String(Math.floor(i / 400))}`, `topic ${String(Math.floor(i / 40) % 10)}`);
		if (i % 40 === 0) mkdirSync(area, { recursive: true });
		const text = note(i, 2048 + Math.floor(random() * 4096), random);
		bytes += Buffer.byteLength(text);
		writeFileSync(join(area, `note ${String(i).padStart(5, "0")}.md`), text);
	}
	return bytes;
}

function note(number, length, random) {
	let text = `# Note ${String(number)}\n\n`;
	while (text.length < length) {
		text += WORDS[Math.floor(random() * WORDS.length)];
		text += random() < 0.12 ? ".\n" : " ";
	}
	return text;
}
