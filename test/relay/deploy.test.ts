// The reverse proxies of relay/deploy, as they are committed, in front of a real relay. Where a program is not installed its
// configuration is only read.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENVELOPE_BYTES_MAX } from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { newPackId } from "../contracts/mailbox.contract.ts";
import { defined, newKey } from "../support/relay-clients.ts";
import { RelayProgram } from "../support/relay-process.ts";
import type { RelayProcess } from "../support/relay-process.ts";
import { SecureDevice, secureRequest } from "../support/secure-client.ts";
import { selfSigned } from "../support/self-signed.ts";

interface Proxy {
	readonly name: string;
	readonly file: string;
	readonly binaries: readonly string[];
	/** The committed text with this test's name, ports and certificate; the command's arguments. */
	configure(text: string, place: Place): { readonly text: string; readonly args: readonly string[] };
	/** What it may write besides. */
	readonly logs: readonly string[];
}

interface Place {
	readonly folder: string;
	readonly port: number;
	readonly relay: string;
	readonly config: string;
}

const proxies: readonly Proxy[] = [
	{
		name: "Caddy",
		file: "relay/deploy/Caddyfile",
		binaries: ["caddy"],
		logs: [],
		configure: (text, { folder, port, relay, config }) => ({
			text: `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}/storage\n}\n${replaced(text, {
				"\nrelay.example.org {": `\nhttps://localhost:${port} {\n\ttls ${folder}/cert.pem ${folder}/key.pem`,
				"reverse_proxy 127.0.0.1:9000": `reverse_proxy ${relay}`,
			})}`,
			args: ["run", "--adapter", "caddyfile", "--config", config],
		}),
	},
	{
		name: "nginx",
		file: "relay/deploy/nginx.conf",
		binaries: ["nginx"],
		logs: ["access.log", "error.log"],
		configure: (text, { folder, port, relay, config }) => {
			const site = replaced(text, {
				"listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
				"server_name relay.example.org": "server_name localhost",
				"/etc/letsencrypt/live/relay.example.org/fullchain.pem": `${folder}/cert.pem`,
				"/etc/letsencrypt/live/relay.example.org/privkey.pem": `${folder}/key.pem`,
				"/var/log/nginx/psync-relay.log": `${folder}/access.log`,
				"/var/log/nginx/psync-relay-error.log": `${folder}/error.log`,
				"http://127.0.0.1:9000": `http://${relay}`,
			});
			const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
				(kind) => `${kind}_temp_path ${folder}/${kind};`,
			);
			return {
				text: `pid ${folder}/pid;\nerror_log ${folder}/main.log;\nevents {}\nhttp {\n${temporary.join("\n")}\n${site}}\n`,
				args: ["-p", folder, "-c", config, "-g", "daemon off; master_process off;"],
			};
		},
	},
];

let program: RelayProgram;
beforeAll(async () => {
	program = await RelayProgram.build();
});
afterAll(async () => {
	await program.remove();
});

describe.each(proxies)("relay/deploy for $name", (proxy) => {
	const binary = installed(proxy.binaries);

	it("has what the relay needs of it", async () => {
		const text = await readFile(proxy.file, "utf8");
		const place = { folder: "/f", port: 1, relay: "127.0.0.1:2", config: "/f/config" };
		// Throws when what a person has to replace is not there.
		expect(proxy.configure(text, place).text).toContain("/f/cert.pem");
		expect(text).toContain("--trust-proxy");
		expect(text).toContain("--public-url wss://relay.example.org");
	});

	it.runIf(binary !== undefined)(
		"carries logins, sockets, envelopes and packs, tells the true address, and logs no token or id",
		async () => {
			const folder = await mkdtemp(join(tmpdir(), "psync-proxy-"));
			let running: ChildProcess | undefined;
			try {
				const own = selfSigned();
				// nginx as root gives its work to another user.
				await chmod(folder, 0o755);
				await mkdir(join(folder, "storage"));
				await writeFile(join(folder, "cert.pem"), own.cert);
				await writeFile(join(folder, "key.pem"), own.key);
				const port = await freePort();
				const url = defined(parseRelayUrl(`wss://localhost:${port}`));
				const { relay, address } = await startRelay(join(folder, "data"), url);
				const place = { folder, port, relay: address, config: join(folder, "config") };
				const { text, args } = proxy.configure(await readFile(proxy.file, "utf8"), place);
				await writeFile(place.config, text);
				running = spawn(defined(binary), args, {
					env: { ...process.env, HOME: folder },
					stdio: ["ignore", "pipe", "pipe"],
				});
				let said = "";
				for (const stream of [running.stdout, running.stderr])
					stream?.on("data", (data: Buffer) => (said += data.toString()));
				const https = `https://localhost:${port}`;
				await answers(https, own.cert, running, () => said);

				const group = await newKey();
				const [alice, bob] = await Promise.all([1, 2].map(() => SecureDevice.of(url, own.cert, group)));
				await expect(defined(alice).logIn()).rejects.toMatchObject({ reason: "access-code" });
				const [a, b] = await Promise.all([defined(alice).connect(CODE), defined(bob).connect(CODE)]);
				a.say({ type: "OFFER", dst: defined(bob).pid, payload: { sdp: "x".repeat(60_000) } });
				await b.next("OFFER");
				const envelope = Uint8Array.from({ length: ENVELOPE_BYTES_MAX }, (_, i) => i % 256);
				await defined(alice).box(CODE).put(defined(bob).id, envelope);
				await b.next("ENVELOPE");
				const ofBob = defined(bob).box(CODE);
				expect(await ofBob.take()).toEqual([{ from: defined(alice).id, bytes: envelope }]);
				await ofBob.remove({ from: defined(alice).id, bytes: envelope });
				expect(await ofBob.take()).toEqual([]);

				// As large as a relay takes them, and one that is larger still is not the proxy's to judge alone.
				const [mailbox, pack, id] = [defined(alice).mailbox(CODE), randomBytes(8 * 1024 * 1024), newPackId()];
				expect(await mailbox.writePack(id, pack)).toBe("written");
				expect(Buffer.from(defined(await mailbox.readPack(id, 0, pack.length))).equals(pack)).toBe(true);
				expect(await mailbox.writePack(id, pack)).toBe("exists");
				const tag = await mailbox.writeHead(randomBytes(64 * 1024), undefined);
				expect((await defined(bob).mailbox(CODE).readHead())?.tag).toBe(tag);
				await b.next("MAILBOX");

				const { headers, status } = await secureRequest(`${https}/health`, own.cert);
				expect(status).toBe(200);
				expect(headers["strict-transport-security"]).toBe("max-age=15552000");
				expect(headers["x-content-type-options"]).toBe("nosniff");
				expect(headers["server"] ?? "").not.toMatch(/\d/);
				const large = { method: "POST", headers: { "Content-Type": "application/json" }, body: "x".repeat(20_000) };
				expect((await secureRequest(`${https}/v1/token`, own.cert, large)).status).toBe(413);

				// Whatever a client writes of its address, all of its failures count as one's.
				const statuses: number[] = [];
				for (let i = 0; i < 40; i++) {
					const forged = {
						"Content-Type": "application/json",
						"X-Forwarded-For": `203.0.113.${i}`,
						"X-Real-IP": "192.0.2.1",
					};
					const options = { method: "POST", headers: forged, body: "{}" };
					statuses.push((await secureRequest(`${https}/v1/token`, own.cert, options)).status);
				}
				expect(statuses[0]).toBe(400);
				expect(statuses.slice(32)).toEqual(Array.from({ length: 8 }, () => 429));

				expect(await relay.stop()).toBe(0);
				await Promise.all([a.closed, b.closed]);
				await stop(running);
				const logs = await Promise.all(proxy.logs.map((name) => readFile(join(folder, name), "utf8")));
				const written = [said, ...logs].join("\n");
				expect(written).not.toMatch(/eyJ|token=/);
				for (const device of [alice, bob]) expect(written).not.toContain(defined(device).id);
				if (proxy.logs.length > 0) expect(written).toContain("GET /v1/peerjs 101");
			} finally {
				if (running !== undefined) await stop(running);
				await rm(folder, { recursive: true, force: true });
			}
		},
	);
});

const CODE = "kept in a drawer 17";

async function startRelay(data: string, publicUrl: string): Promise<{ relay: RelayProcess; address: string }> {
	const port = await freePort();
	const flags = ["--listen", `127.0.0.1:${port}`, "--data", data, "--public-url", publicUrl, "--trust-proxy"];
	const relay = program.run(flags, { PSYNC_RELAY_ACCESS_CODE: CODE });
	expect(await relay.listening()).toBe(publicUrl);
	return { relay, address: `127.0.0.1:${port}` };
}

function replaced(text: string, parts: Readonly<Record<string, string>>): string {
	return Object.entries(parts).reduce((result, [from, to]) => {
		if (!result.includes(from)) throw new Error(`the committed file has no ${JSON.stringify(from)}`);
		return result.replaceAll(from, to);
	}, text);
}

function installed(names: readonly string[]): string | undefined {
	const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once("close", resolve));
	child.kill("SIGTERM");
	await ended;
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** A proxy does not say when it listens: it is asked until it answers or ends. */
async function answers(url: string, ca: string, proxy: ChildProcess, said: () => string): Promise<void> {
	for (;;) {
		if (proxy.exitCode !== null) throw new Error(`the proxy ended: ${said()}`);
		try {
			await secureRequest(`${url}/health`, ca);
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
		}
	}
}
