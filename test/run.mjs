// `npm test`: finds or obtains Chromium, builds what is out of date, and runs vitest where no packet can leave the machine and
// no disk that a test mounts is seen by anybody else.
// Arguments go to vitest. `--only-prepare` stops before the tests.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "./find-chromium.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const insideNamespace = process.env.PSYNC_TEST_NAMESPACE === "1";
const isRootOnLinux = process.platform === "linux" && process.getuid?.() === 0;

function main(args) {
	if (!insideNamespace) {
		const chromium = findChromium();
		if (chromium === undefined) return 1;
		process.env.PSYNC_CHROMIUM = chromium;
		const built = buildIfStale();
		if (built !== 0 || args.includes("--only-prepare")) return built;
		if (isRootOnLinux && namespacesWork()) return runInNamespace(args);
	}
	return run(process.execPath, [path.join(root, "node_modules/vitest/vitest.mjs"), "run", ...args]);
}

// ---- bundles ---------------------------------------------------------------------------------------------------------

function buildIfStale() {
	const sources = ["src", "main.ts", "relay/src", "daemon/src", "esbuild.config.mjs", "package-lock.json"];
	const newestSource = Math.max(...sources.map((source) => newest(path.join(root, source))));
	const outputs = ["main.js", "daemon/dist/main.js"].map((file) => path.join(root, file));
	const isFresh = outputs.every((file) => existsSync(file) && statSync(file).mtimeMs >= newestSource);
	return isFresh ? 0 : run(process.execPath, [path.join(root, "esbuild.config.mjs"), "--production"]);
}

function newest(file) {
	if (!existsSync(file)) return 0;
	const stat = statSync(file);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

// ---- network namespace -----------------------------------------------------------------------------------------------

function namespacesWork() {
	const works = quietly("unshare", ["-n", "ip", "link", "set", "lo", "up"]) === 0;
	if (!works)
		say("Network: no namespace of its own here (unshare or ip missing, or not permitted); using this machine's");
	return works;
}

function mountsWork() {
	const works = quietly("unshare", ["-n", "-m", "mount", "-t", "tmpfs", "none", root]) === 0;
	if (!works) say("Disks: mounting is not permitted here; tests on disks that are full or read-only are skipped");
	return works;
}

function runInNamespace(args) {
	const self = [process.execPath, fileURLToPath(import.meta.url), ...args];
	const mounts = mountsWork();
	const kinds = mounts ? ["-n", "-m"] : ["-n"];
	return run("unshare", [...kinds, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...self], {
		PSYNC_TEST_NAMESPACE: "1",
		PSYNC_TEST_MOUNTS: mounts ? "1" : "0",
	});
}

// ---- helpers ---------------------------------------------------------------------------------------------------------

function say(line, value) {
	process.stdout.write(`${line}\n`);
	return value;
}

function quietly(command, args) {
	return spawnSync(command, args, { stdio: "ignore" }).status;
}

function run(command, args, env = {}) {
	const { status, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
	return status ?? (signal === null ? 1 : 130);
}

process.exitCode = main(process.argv.slice(2));
