// Two PSync daemons and a relay on loopback, through the command line like anybody else.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PSYNC = join(import.meta.dirname, "../../node_modules/.bin/psync");

/** @returns {Promise<{ name: string, a: string, b: string, addB: () => Promise<void>, stop: () => Promise<void>, pids: () => number[] }>} */
export async function psyncPair(work) {
	const env = { PATH: process.env.PATH, HOME: work };
	const key = execFileSync(PSYNC, ["group", "new"], { env }).toString().trim();
	const log = openSync(join(work, "psync.log"), "a");
	const processes = [];
	const start = (args, until) =>
		new Promise((resolve, reject) => {
			const child = spawn(PSYNC, args, { env: { ...env, PSYNC_GROUP_KEY: key }, stdio: ["ignore", "pipe", log] });
			processes.push(child);
			child.once("exit", (code) => reject(new Error(`psync ${args[0]} ended with ${String(code)}`)));
			createInterface(child.stdout).on("line", (line) => {
				const event = JSON.parse(line);
				if (event.event === until) resolve(event);
			});
		});
	const { url } = await start(
		["relay", "--listen", "127.0.0.1:0", "--storage", "off", "--data", join(work, "relay")],
		"listening",
	);
	const up = (name) => {
		mkdirSync(join(work, name), { recursive: true });
		const args = ["up", join(work, name), "--state", join(work, `${name}-state`), "--relay", url];
		return start([...args, "--name", name, "--json"], "ready");
	};
	await up("a");
	return {
		name: "psync",
		a: join(work, "a"),
		b: join(work, "b"),
		addB: async () => {
			await up("b");
		},
		pids: () => processes.map((child) => child.pid),
		stop: async () => {
			for (const child of processes.reverse()) {
				child.removeAllListeners("exit");
				const ended = new Promise((resolve) => child.once("exit", resolve));
				child.kill("SIGTERM");
				await ended;
			}
		},
	};
}
