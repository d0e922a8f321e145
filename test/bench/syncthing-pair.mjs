// The peer to compare with: two instances of the system's syncthing on loopback, told to watch as quickly as they can.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { timeUntil } from "./watch.mjs";

export function hasSyncthing() {
	try {
		execFileSync("syncthing", ["--version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

const PORTS = { a: 23911, b: 23912 };
const GUI = { a: 23921, b: 23922 };
const API_KEY = "benchmark-on-loopback";

export async function syncthingPair(work) {
	const env = { PATH: process.env.PATH, HOME: work, STNODEFAULTFOLDER: "1", STNOUPGRADE: "1" };
	const log = openSync(join(work, "syncthing.log"), "a");
	const ids = {};
	for (const name of ["a", "b"]) {
		mkdirSync(join(work, name, ".stfolder"), { recursive: true });
		const home = join(work, `${name}-home`);
		execFileSync("syncthing", ["generate", `--home=${home}`, "--no-default-folder", "--skip-port-probing"], {
			env,
			stdio: "ignore",
		});
		ids[name] = execFileSync("syncthing", ["serve", `--home=${home}`, "--device-id"], { env })
			.toString()
			.trim();
	}
	for (const name of ["a", "b"]) writeFileSync(join(work, `${name}-home`, "config.xml"), config(work, name, ids));
	const processes = [];
	const up = async (name) => {
		const args = ["serve", `--home=${join(work, `${name}-home`)}`, "--no-browser", "--no-restart", "--no-upgrade"];
		const child = spawn("syncthing", [...args, "--skip-port-probing"], { env, stdio: ["ignore", log, log] });
		processes.push(child);
		let answered = false;
		const ask = () => {
			fetch(`http://127.0.0.1:${String(GUI[name])}/rest/system/ping`, { headers: { "X-API-Key": API_KEY } })
				.then((response) => (answered = response.ok))
				.catch(() => undefined);
			return answered;
		};
		await timeUntil(ask, { everyMs: 100, limitMs: 30_000, what: "syncthing starts" });
	};
	await up("a");
	return {
		name: "syncthing",
		a: join(work, "a"),
		b: join(work, "b"),
		addB: () => up("b"),
		pids: () => processes.map((child) => child.pid),
		stop: async () => {
			for (const child of processes) {
				const ended = new Promise((resolve) => child.once("exit", resolve));
				child.kill("SIGTERM");
				await ended;
			}
		},
	};
}

function config(work, name, ids) {
	const devices = ["a", "b"].map((each) => `<device id="${ids[each]}"></device>`).join("");
	const known = ["a", "b"]
		.map(
			(each) =>
				`<device id="${ids[each]}" name="${each}"><address>tcp://127.0.0.1:${String(PORTS[each])}</address></device>`,
		)
		.join("");
	const off = ["globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled", "natEnabled", "crashReportingEnabled"]
		.map((option) => `<${option}>false</${option}>`)
		.join("");
	return `<configuration version="36">
<folder id="bench" path="${join(work, name)}" type="sendreceive" fsWatcherEnabled="true" fsWatcherDelayS="1">${devices}</folder>
${known}
<gui enabled="true" tls="false"><address>127.0.0.1:${String(GUI[name])}</address><apikey>${API_KEY}</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:${String(PORTS[name])}</listenAddress>${off}<urAccepted>-1</urAccepted>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH><stunServer>127.0.0.1:9</stunServer><reconnectionIntervalS>5</reconnectionIntervalS></options>
</configuration>`;
}
