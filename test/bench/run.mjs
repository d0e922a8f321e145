// npm run bench: first sync of generated notes and the latency of an edit between two daemons, beside the system's syncthing in
// the same run when it is installed. Prints what it measured; judges nothing. Options: --notes 1000,10000  --edits 50
import { mkdtempSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeNotes } from "./notes.mjs";
import { psyncPair } from "./psync-pair.mjs";
import { hasSyncthing, syncthingPair } from "./syncthing-pair.mjs";
import { contentIs, countTree, percentile, timeUntil } from "./watch.mjs";

const { values } = parseArgs({
	options: { notes: { type: "string", default: "1000,10000" }, edits: { type: "string", default: "50" } },
});
const counts = values.notes.split(",").map(Number);
const edits = Number(values.edits);
const root = mkdtempSync(join(tmpdir(), "psync-bench-"));
const peers = hasSyncthing() ? [psyncPair, syncthingPair] : [psyncPair];

console.log(
	`node ${process.version}, ${String(cpus().length)} cores${peers.length === 1 ? "; syncthing is not installed" : ""}`,
);
console.log(`main.js ${sizeOf("../../main.js")}, daemon ${sizeOf("../../daemon/dist")}`);

for (const count of counts) {
	const results = [];
	for (const makePair of peers) {
		const work = join(root, `${makePair.name}-${String(count)}`);
		mkdirSync(join(work, "a"), { recursive: true });
		// A folder of its own for every run, deleted at the end: ext4 is slow to make files just after many were deleted.
		const bytes = writeNotes(join(work, "a"), count);
		const pair = await makePair(work);
		try {
			results.push({ name: pair.name, ...(await measure(pair, count, bytes)) });
		} finally {
			await pair.stop();
		}
	}
	for (const result of results) print(count, result, results[0]);
}
rmSync(root, { recursive: true, force: true });

async function measure(pair, count, bytes) {
	const whole = () => {
		const { files, bytes: there } = countTree(pair.b);
		return files === count && there === bytes;
	};
	const started = performance.now();
	await pair.addB();
	await timeUntil(whole, { everyMs: 50, limitMs: 600_000, what: `first sync of ${String(count)} notes` });
	const firstSyncMs = performance.now() - started;
	await sleep(3_000);
	const latencies = [];
	for (let i = 0; i < edits; i++) {
		const [from, to] = i % 2 === 0 ? [pair.a, pair.b] : [pair.b, pair.a];
		const name = join("area 0", "topic 0", `note ${String(i % 40).padStart(5, "0")}.md`);
		const text = `# Edit ${String(i)}\n\nThe same note, edited for the ${String(i)}th time.\n`;
		writeFileSync(join(from, name), text);
		const limits = { everyMs: 1, limitMs: 60_000, what: `edit ${String(i)}` };
		latencies.push(await timeUntil(() => contentIs(join(to, name), text), limits));
		await sleep(150);
	}
	return { bytes, firstSyncMs, p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) };
}

function print(count, { name, bytes, firstSyncMs, p50, p95 }, base) {
	const ratio = (mine, theirs) => (name === base.name ? "" : ` (${(mine / theirs).toFixed(2)} × ${base.name})`);
	console.log(
		[
			`${String(count)} notes, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${name}:`,
			`first sync ${(firstSyncMs / 1000).toFixed(2)} s${ratio(firstSyncMs, base.firstSyncMs)},`,
			`edit p50 ${p50.toFixed(0)} ms${ratio(p50, base.p50)}, p95 ${p95.toFixed(0)} ms${ratio(p95, base.p95)}`,
		].join(" "),
	);
}

function sizeOf(path) {
	try {
		const place = join(import.meta.dirname, path);
		const files = statSync(place).isDirectory() ? readdirSync(place).map((name) => join(place, name)) : [place];
		return `${(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1000).toFixed(1)} kB`;
	} catch (error) {
		if (error.code === "ENOENT") return "not built";
		throw error;
	}
}
