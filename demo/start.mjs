// `npm start`: a relay and two devices on this computer, with notes to try, or `npm start -- <folder> …` with folders of
// your own. Builds the program when it is older than its sources; everything else it makes is under demo/ and ignored by git.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const demo = path.join(root, "demo");
const program = path.join(root, "daemon/bin/psync.mjs");
const bundle = path.join(root, "daemon/dist/main.js");

/** What runs, to be stopped in reverse. */
const running = [];
let stopping;

async function main(folders) {
	buildIfStale();
	process.on("SIGINT", () => void stop(0));
	process.on("SIGTERM", () => void stop(0));
	const plan = folders.length === 0 ? demoPlan() : ownPlan(folders);
	const url = await startRelay(plan.state);
	say(plan.introduction(url));
	for (const device of plan.devices) startDevice(device, plan, url);
}

// ---- what to run -----------------------------------------------------------------------------------------------------

function demoPlan() {
	const state = path.join(demo, "state");
	const laptop = path.join(demo, "laptop");
	const phone = path.join(demo, "phone");
	// A folder that was thrown away means: from the beginning. Without its state it is not taken for a deletion of its notes.
	if (!existsSync(laptop) || !existsSync(phone)) rmSync(state, { recursive: true, force: true });
	if (!existsSync(laptop)) cpSync(path.join(demo, "seed"), laptop, { recursive: true });
	mkdirSync(phone, { recursive: true });
	mkdirSync(state, { recursive: true, mode: 0o700 });
	return {
		state,
		groupKey: keptGroupKey(state),
		devices: [
			{ name: "laptop", folder: laptop },
			{ name: "phone", folder: phone },
		],
		introduction: () => `
Two devices on this computer now keep the same notes:

  laptop   ${shown(laptop)}
  phone    ${shown(phone)}

Try it with any editor and file manager:

  - change a note in one folder, and look at it in the other
  - make, rename, move or delete notes and folders, on either side
  - open both folders in Obsidian, as two vaults, and write ("Try this" has more ideas)

What happens is said below. Ctrl-C ends it, and your changes stay.
`,
	};
}

function ownPlan(given) {
	const folders = given.map((folder) => {
		const absolute = path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
		if (!existsSync(absolute) || !statSync(absolute).isDirectory()) {
			fail(2, `${folder} is not a folder; npm start takes folders that exist`);
		}
		return realpathSync(absolute);
	});
	if (new Set(folders).size < folders.length) fail(2, "npm start takes each folder once");
	const set = createHash("sha256").update(folders.toSorted().join("\n")).digest("hex").slice(0, 12);
	const state = path.join(demo, "state", `folders-${set}`);
	for (const folder of folders) {
		if (`${state}/`.startsWith(`${folder}/`)) fail(2, `${folder} holds PSync itself; take a folder of notes`);
	}
	mkdirSync(state, { recursive: true, mode: 0o700 });
	const groupKey = keptGroupKey(state);
	return {
		state,
		groupKey,
		devices: folders.map((folder, index) => ({ name: deviceName(folders, index), folder })),
		introduction: folders.length === 1 ? (url) => obsidianHelp(folders[0], url, groupKey) : () => ownHelp(folders),
	};
}

function deviceName(folders, index) {
	const names = folders.map((folder) => path.basename(folder).slice(0, 60) || "folder");
	const isTaken = names.indexOf(names[index]) !== index;
	return isTaken ? `${names[index]} ${index + 1}` : names[index];
}

function ownHelp(folders) {
	return `
These folders are kept the same from now on:

${folders.map((folder) => `  ${folder}`).join("\n")}

What happens is said below. Ctrl-C ends it, and the folders stay as they are.
`;
}

function obsidianHelp(folder, url, groupKey) {
	return `
PSync keeps this folder in sync, as soon as another device joins:

  ${folder}

To bring a vault of Obsidian on this computer in: install the plugin there (README.md says how), and open this link, or paste it
into the plugin's settings:

  obsidian://psync?k=${groupKey}&r=${encodeURIComponent(url)}

Whoever has it can read and change these notes: give it to your own devices only.

A phone, or any other computer, cannot reach this relay: it listens on this computer alone. For them, run a relay that they
can reach under an address that begins with wss:// (relay/README.md says how), and enter that address on all devices.

What happens is said below. Ctrl-C ends it, and the folder stays as it is.
`;
}

function keptGroupKey(state) {
	const file = path.join(state, "group-key");
	if (!existsSync(file)) {
		const made = spawnSync(process.execPath, [program, "group", "new"], { encoding: "utf8" });
		if (made.status !== 0) fail(1, `no group key could be made: ${made.stderr}`);
		writeFileSync(file, made.stdout, { mode: 0o600 });
	}
	return readFileSync(file, "utf8").trim();
}

// ---- processes -------------------------------------------------------------------------------------------------------

/** On the same port as the last time when it is free: Obsidian was told about it. */
async function startRelay(state) {
	const portFile = path.join(state, "relay-port");
	const kept = existsSync(portFile) ? readFileSync(portFile, "utf8").trim() : "0";
	const url = (await relayOn(kept, state, kept !== "0")) ?? (await relayOn("0", state, false));
	const port = new URL(url).port;
	if (kept !== "0" && kept !== port)
		say(`The relay's last port is taken by another program; its address is now ${url}`);
	writeFileSync(portFile, `${port}\n`, { mode: 0o600 });
	return url;
}

function relayOn(port, state, mayFail) {
	const child = start("relay", [
		"relay",
		...[
			"--listen",
			`127.0.0.1:${port}`,
			"--storage",
			"off",
			"--data",
			path.join(state, "relay"),
			"--log-level",
			"error",
		],
	]);
	return new Promise((resolve) => {
		let notice = "";
		createInterface({ input: child.stdout }).on("line", (line) => {
			resolve(JSON.parse(line).url);
		});
		createInterface({ input: child.stderr }).on("line", (line) => {
			notice = line;
			if (!mayFail) say(line);
		});
		child.once("close", (code) => {
			if (mayFail && code === 1) resolve(undefined);
			else ended("the relay", code, notice);
		});
	});
}

function startDevice({ name, folder }, { state, groupKey, devices }, url) {
	const stateFolder = path.join(state, `device-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`);
	const flags = ["--state", stateFolder, "--relay", url, "--name", name];
	const child = start(name, ["up", folder, ...flags], { PSYNC_GROUP_KEY: groupKey });
	const width = Math.max(...devices.map((device) => device.name.length));
	createInterface({ input: child.stdout }).on("line", (line) => {
		const [, time, text] = /^([0-9:]{8}) {2}(.*)$/.exec(line) ?? [];
		if (text !== undefined) say(`${time}  ${name.padEnd(width)}  ${text}`);
	});
	createInterface({ input: child.stderr }).on("line", (line) => say(`${name}: ${line}`));
	child.once("close", (code) => ended(name, code, ""));
}

/** In a process group of its own: Ctrl-C reaches this program alone, which then ends the others in order. */
function start(name, args, env = {}) {
	const child = spawn(process.execPath, [program, ...args], {
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe", "ipc"],
		detached: true,
		windowsHide: true,
	});
	const closed = new Promise((resolve) => child.once("close", resolve));
	running.push({ child, closed });
	return child;
}

function ended(what, code, notice) {
	if (stopping !== undefined) return;
	say(`${what} ended (${code})${notice === "" ? "" : `: ${notice}`}`);
	void stop(1);
}

function stop(exitCode) {
	stopping ??= (async () => {
		process.stdout.write("\n");
		for (const { child, closed } of running.toReversed()) {
			if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
			await closed;
		}
		say("Stopped.");
		process.exit(exitCode);
	})();
	return stopping;
}

// ---- building --------------------------------------------------------------------------------------------------------

function buildIfStale() {
	const sources = ["src", "relay/src", "daemon/src", "main.ts", "esbuild.config.mjs", "package-lock.json"];
	const newest = Math.max(...sources.map((source) => newestIn(path.join(root, source))));
	if (existsSync(bundle) && statSync(bundle).mtimeMs >= newest) return;
	say("Building …");
	const built = spawnSync(process.execPath, [path.join(root, "esbuild.config.mjs"), "--production"], {
		stdio: ["ignore", "ignore", "inherit"],
	});
	if (built.status !== 0) fail(1, "the build failed");
}

function newestIn(file) {
	if (!existsSync(file)) return 0;
	const stat = statSync(file);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(stat.mtimeMs, ...readdirSync(file).map((name) => newestIn(path.join(file, name))));
}

function shown(folder) {
	return path.relative(process.env.INIT_CWD ?? process.cwd(), folder) || ".";
}

function say(text) {
	process.stdout.write(`${text}\n`);
}

function fail(exitCode, message) {
	process.stderr.write(`${message}\n`);
	process.exit(exitCode);
}

await main(process.argv.slice(2));
