import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import esbuild from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SOCKET_CLOSE } from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { defined, newDevice, newKey, request } from "../support/relay-clients.ts";

let folder: string;
let program: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
	// Below node_modules, so that the bundle finds the packages it leaves outside.
	await mkdir("node_modules/.cache", { recursive: true });
	folder = await mkdtemp(resolve("node_modules/.cache/relay-test-"));
	program = join(folder, "relay.mjs");
	await esbuild.build({
		stdin: {
			contents: `import { runRelay } from "./relay/src/main.ts";
				process.exitCode = await runRelay(process.argv.slice(2), process.env);`,
			resolveDir: process.cwd(),
			loader: "ts",
		},
		outfile: program,
		bundle: true,
		platform: "node",
		format: "esm",
		target: "node20",
		packages: "external",
	});
});
afterEach(() => {
	for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

interface Running {
	readonly child: ChildProcess;
	readonly stdout: string[];
	readonly stderr: () => string;
	readonly exit: Promise<number | null>;
}

function run(args: readonly string[], env: Record<string, string> = {}): Running {
	const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
	children.push(child);
	const stdout: string[] = [];
	let stderr = "";
	createInterface({ input: child.stdout }).on("line", (line) => {
		stdout.push(line);
		child.emit("line");
	});
	child.stderr.on("data", (data: Buffer) => {
		stderr += data.toString();
	});
	const exit = once(child, "close").then(([code]) => code as number | null);
	return { child, stdout, stderr: () => stderr, exit };
}

async function listening(running: Running): Promise<RelayUrl> {
	if (running.stdout.length === 0) await once(running.child, "line");
	const line = JSON.parse(defined(running.stdout[0])) as { event: string; url: string };
	expect(line.event).toBe("listening");
	return defined(parseRelayUrl(line.url));
}

const args = (name: string): string[] => ["--listen", ":0", "--data", join(folder, name)];

describe("psync relay as a process", () => {
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		it(`says where it listens in its first line, and ${signal} drains it: exit 0`, async () => {
			const relay = run(args(signal));
			const url = await listening(relay);
			expect((await request(url, "/health")).status).toBe(200);
			const probe = await (await newDevice(url, await newKey())).connect();
			relay.child.kill(signal);
			expect(await probe.closed).toEqual({ code: SOCKET_CLOSE.draining });
			expect(await relay.exit).toBe(0);
			expect(relay.stdout).toHaveLength(1);
		});
	}

	it("on another address than loopback it makes an access code, says it once in words and keeps it", async () => {
		const flags = [...args("code"), "--trust-proxy"];
		const first = run(flags);
		await listening(first);
		first.child.kill("SIGTERM");
		expect(await first.exit).toBe(0);
		const code = (await readFile(join(folder, "code", "access-code"), "utf8")).trim();
		expect(first.stderr()).toContain(code);
		const second = run(flags);
		await listening(second);
		second.child.kill("SIGTERM");
		expect(await second.exit).toBe(0);
		expect(second.stderr()).not.toContain(code);
	});

	it("bad usage: exit 2, one line, nothing made", async () => {
		const relay = run(["--listen", "nowhere", "--data", join(folder, "bad")]);
		expect(await relay.exit).toBe(2);
		expect(relay.stdout).toEqual([]);
		expect(relay.stderr()).toMatch(/^psync relay: --listen [^\n]*\n$/);
		await expect(readFile(join(folder, "bad", "token-secret"))).rejects.toMatchObject({ code: "ENOENT" });
	});

	it("a port that is taken: exit 1 and one line that says so", async () => {
		const url = await listening(run(args("holder")));
		const relay = run(["--listen", url.slice("ws://".length), "--data", join(folder, "late")]);
		expect(await relay.exit).toBe(1);
		expect(relay.stderr()).toMatch(/^psync relay: 127\.0\.0\.1:\d+ is taken[^\n]*\n$/);
	});

	it("--help: exit 0", async () => {
		const relay = run(["--help"]);
		expect(await relay.exit).toBe(0);
		expect(relay.stdout.join("\n")).toContain("--listen");
	});
});
