import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SOCKET_CLOSE } from "../../src/wire/relay-api.ts";
import { newDevice, newKey, request } from "../support/relay-clients.ts";
import { RelayProgram } from "../support/relay-process.ts";
import type { RelayProcess } from "../support/relay-process.ts";

let program: RelayProgram;

beforeAll(async () => {
	program = await RelayProgram.build();
});
afterEach(() => {
	program.killAll();
});
afterAll(async () => {
	await program.remove();
});

const run = (args: readonly string[], env: Record<string, string> = {}): RelayProcess => program.run(args, env);
const args = (name: string): string[] => ["--listen", ":0", "--data", join(program.folder, name)];

describe("psync relay as a process", () => {
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		it(`says where it listens in its first line, and ${signal} drains it: exit 0`, async () => {
			const relay = run(args(signal));
			const url = await relay.listening();
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
		await first.listening();
		first.child.kill("SIGTERM");
		expect(await first.exit).toBe(0);
		const code = (await readFile(join(program.folder, "code", "access-code"), "utf8")).trim();
		expect(first.stderr).toContain(code);
		const second = run(flags);
		await second.listening();
		second.child.kill("SIGTERM");
		expect(await second.exit).toBe(0);
		expect(second.stderr).not.toContain(code);
	});

	it("bad usage: exit 2, one line, nothing made", async () => {
		const relay = run(["--listen", "nowhere", "--data", join(program.folder, "bad")]);
		expect(await relay.exit).toBe(2);
		expect(relay.stdout).toEqual([]);
		expect(relay.stderr).toMatch(/^psync relay: --listen [^\n]*\n$/);
		await expect(readFile(join(program.folder, "bad", "token-secret"))).rejects.toMatchObject({ code: "ENOENT" });
	});

	it("a port that is taken: exit 1 and one line that says so", async () => {
		const url = await run(args("holder")).listening();
		const relay = run(["--listen", url.slice("ws://".length), "--data", join(program.folder, "late")]);
		expect(await relay.exit).toBe(1);
		expect(relay.stderr).toMatch(/^psync relay: 127\.0\.0\.1:\d+ is taken[^\n]*\n$/);
	});

	it("--help: exit 0", async () => {
		const relay = run(["--help"]);
		expect(await relay.exit).toBe(0);
		expect(relay.stdout.join("\n")).toContain("--listen");
	});
});
