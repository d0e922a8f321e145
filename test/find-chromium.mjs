// Which Chromium browser tests take: one of this machine, else one that is obtained. The headless shell is the same engine without a
// browser's windows around it, and takes two fifths less of the processor's time.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isRootOnLinux = process.platform === "linux" && process.getuid?.() === 0;

/** Says which it is. `undefined`: none could be obtained, and why has been said. */
export function findChromium() {
	// Set to nothing is not set.
	const system = process.env.PSYNC_CHROMIUM || systemChromium();
	if (system !== undefined) return say(`Chromium: ${system}`, system);
	if (isRootOnLinux && isDebianLike()) {
		say("Chromium: none on this machine, asking apt-get for it");
		quietly("apt-get", ["update"]);
		for (const name of ["chromium-headless-shell", "chromium"]) {
			quietly("apt-get", ["install", "-y", "--no-install-recommends", name]);
			const installed = systemChromium();
			if (installed !== undefined) return say(`Chromium: installed ${installed} with apt-get`, installed);
		}
	}
	return playwrightChromium();
}

function systemChromium() {
	const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
	const folders = (process.env.PATH ?? "").split(path.delimiter);
	const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
	candidates.push("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
	// Some systems ship a stub of this name that only says how to install the program.
	return candidates.find((file) => existsSync(file) && quietly(file, ["--version"]) === 0);
}

function isDebianLike() {
	if (!existsSync("/etc/os-release")) return false;
	return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));
}

function playwrightChromium() {
	const executable = () => {
		const code = 'import("playwright-core").then((m) => process.stdout.write(m.chromium.executablePath()))';
		const { stdout } = spawnSync(process.execPath, ["-e", code], { cwd: root, encoding: "utf8" });
		return stdout !== "" && existsSync(stdout) ? stdout : undefined;
	};
	const cached = executable();
	if (cached !== undefined) return say(`Chromium: Playwright's, already in its cache`, cached);
	say("Chromium: none on this machine, downloading Playwright's into its cache");
	const cli = path.join(root, "node_modules/playwright-core/cli.js");
	spawnSync(process.execPath, [cli, "install", "chromium"], { cwd: root, stdio: "inherit" });
	const downloaded = executable();
	if (downloaded === undefined) process.stderr.write("Chromium could not be obtained; install one and run again.\n");
	return downloaded;
}

// ---- helpers ---------------------------------------------------------------------------------------------------------

function say(line, value) {
	process.stdout.write(`${line}\n`);
	return value;
}

function quietly(command, args) {
	return spawnSync(command, args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
		.status;
}
