// node test/bench/mailbox.mjs: what the sealed mailbox costs, with real programs on loopback. Prints what it measured; judges nothing.
// Options: --notes 10000 (generated) or --vault FOLDER (copied, never touched). Both give: the first whole copy, its ratio to the plain
// size, the time of a newcomer from the mailbox alone, and what one edited note stores and sends.
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { writeNotes } from "./notes.mjs";

const PSYNC = join(import.meta.dirname, "../../daemon/bin/psync.mjs");
const { values } = parseArgs({
	options: { notes: { type: "string", default: "10000" }, vault: { type: "string" } },
});
const work = mkdtempSync(join(tmpdir(), "psync-bench-mailbox-"));
const env = { PATH: process.env.PATH, HOME: work };
env.PSYNC_GROUP_KEY = run("group", "new").trim();
const running = new Set();

try {
	await measure();
} finally {
	for (const child of running) child.kill("SIGKILL");
	rmSync(work, { recursive: true, force: true });
}

async function measure() {
	const [a, b] = ["a", "b"].map((name) => join(work, name));
	mkdirSync(a);
	mkdirSync(b);
	if (values.vault === undefined) writeNotes(a, Number(values.notes));
	else cpSync(values.vault, a, { recursive: true, filter: (path) => !/[\\/]\.(git|obsidian)$/.test(path) });
	const plain = sizes(a);
	console.log(`node ${process.version}; ${plain.files} files, ${mib(plain.bytes)}`);

	const relay = start([
		"relay",
		"--listen",
		"127.0.0.1:0",
		"--storage",
		"fs",
		"--quota-mib",
		"4096",
		"--data",
		join(work, "r"),
	]);
	const { url: relayUrl } = await relay.event(({ event }) => event === "listening");
	const wire = await countingWay(new URL(relayUrl));
	const url = relayUrl.replace(new URL(relayUrl).port, String(wire.port));
	const up = async (name, ...more) => {
		const device = start(["up", join(work, name), ...state(name), "--relay", url, "--name", name, "--json", ...more]);
		await device.event(({ event }) => event === "ready");
		return device;
	};

	// The whole copy, from the device alone.
	let from = performance.now();
	let before = wire.bytes();
	let device = await up("a", "--whole-copy", "on");
	const readyMs = performance.now() - from;
	from = performance.now();
	await until("a", ({ safeToClose, mailbox }) => safeToClose && mailbox.wholeCopy && mailbox.stored);
	const copy = stored();
	console.log(
		`whole copy: ${mib(copy.bytes)} in ${copy.files} objects, ${(copy.bytes / plain.bytes).toFixed(3)} of the plain size, ` +
			`${seconds(performance.now() - from)} after a scan of ${seconds(readyMs)}; on the wire ${onTheWire(before, wire.bytes(), mib)}`,
	);
	await device.stop();

	// A newcomer, from the mailbox alone.
	const { root } = await rootOf("a", "--whole-copy", "on");
	from = performance.now();
	before = wire.bytes();
	device = await up("b");
	await until("b", (report) => report.root === root && report.pending.in === 0);
	const there = sizes(b);
	console.log(
		`newcomer from the mailbox alone: in sync after ${seconds(performance.now() - from)}, ${there.files} files, ${mib(there.bytes)}` +
			`${there.bytes === plain.bytes ? "" : " (others stay local by their names)"}; on the wire ${onTheWire(before, wire.bytes(), mib)}`,
	);
	await until("b", ({ safeToClose }) => safeToClose);
	await device.stop();

	// One note is edited while the other is away: without, and then with, a copy of the whole.
	for (const more of [["--whole-copy", "on"], []]) {
		device = await up("a", ...more);
		await until(
			"a",
			({ safeToClose, mailbox }) => safeToClose && mailbox.state === "on" && mailbox.wholeCopy === more.length > 0,
		);
		const storedBefore = stored();
		before = wire.bytes();
		const seen = device.lines.length;
		const at = performance.now();
		appendFileSync(firstNote(a), "\nOne more line.\n");
		const event = await device.event(({ event, action }) => event === "snapshot" && action === "stored", seen);
		const ms = performance.now() - at;
		await until("a", ({ safeToClose }) => safeToClose);
		const after = stored();
		console.log(
			`one edited note${more.length > 0 ? ", with a whole copy" : ""}: ${kib(event.bytes)} stored in a pack, ` +
				`${kib(after.bytes - storedBefore.bytes)} more at the relay, there after ${seconds(ms)}; ` +
				`on the wire ${onTheWire(before, wire.bytes(), kib)}`,
		);
		await device.stop();
	}
	await relay.stop();
	wire.close();

	async function rootOf(name, ...more) {
		const again = await up(name, ...more);
		const report = await until(name, ({ mailbox }) => mailbox.state === "on");
		await again.stop();
		return report;
	}
}

function start(args) {
	const child = spawn(process.execPath, [PSYNC, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
	running.add(child);
	const lines = [];
	const waiting = new Set();
	createInterface(child.stdout).on("line", (line) => {
		lines.push(JSON.parse(line));
		for (const wake of [...waiting]) wake();
	});
	const ended = new Promise((resolve) => child.once("exit", resolve));
	return {
		pid: child.pid,
		lines,
		event: (fits, seen = 0) =>
			new Promise((resolve) => {
				let next = seen;
				const look = () => {
					for (; next < lines.length; next++) if (fits(lines[next])) return found(lines[next]);
				};
				const found = (line) => {
					waiting.delete(look);
					resolve(line);
				};
				waiting.add(look);
				look();
			}),
		stop: async () => {
			child.kill("SIGTERM");
			await ended;
			running.delete(child);
		},
	};
}

function state(name) {
	return ["--state", join(work, `${name}-state`)];
}

function run(...args) {
	return execFileSync(process.execPath, [PSYNC, ...args], { env }).toString();
}

async function until(name, fits) {
	for (;;) {
		// Its exit code says how it is; the report is what counts.
		const report = await new Promise((resolve) => {
			const child = spawn(process.execPath, [PSYNC, "status", join(work, name), ...state(name), "--json"], { env });
			let text = "";
			child.stdout.on("data", (data) => (text += data));
			child.once("close", () => resolve(text === "" ? undefined : JSON.parse(text)));
		});
		if (report?.mailbox !== undefined && fits(report)) return report;
	}
}

function sizes(folder) {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

function stored() {
	return sizes(join(work, "r", "mailbox"));
}

function firstNote(folder) {
	const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
	return join(
		folder,
		names.find((name) => name.endsWith(".md")),
	);
}

/** A way to the relay that counts what goes through it, headers and all. */
async function countingWay({ hostname, port }) {
	const bytes = { sent: 0, received: 0 };
	const sockets = new Set();
	const server = createServer((from) => {
		const to = connect(Number(port), hostname);
		for (const [socket, other, count] of [
			[from, to, "sent"],
			[to, from, "received"],
		]) {
			sockets.add(socket);
			socket.on("data", (data) => (bytes[count] += data.length));
			socket.on("error", () => other.destroy());
			socket.on("close", () => sockets.delete(socket));
			socket.pipe(other);
		}
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: server.address().port,
		bytes: () => ({ ...bytes }),
		close: () => {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}

function onTheWire(before, after, unit) {
	return `${unit(after.sent - before.sent)} to the relay, ${unit(after.received - before.received)} from it`;
}

function mib(bytes) {
	return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

function kib(bytes) {
	return `${(bytes / 1024).toFixed(1)} KiB`;
}

function seconds(ms) {
	return `${(ms / 1000).toFixed(2)} s`;
}
