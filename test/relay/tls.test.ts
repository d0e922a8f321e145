// A relay that ends TLS itself, as a process.
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { describe, expect, it } from "vitest";
import { certificateProblem } from "../../relay/src/certificate.ts";
import { relayAddress } from "../../src/wire/relay-url.ts";
import { builtRelay } from "../support/built-relay.ts";
import { defined, newKey } from "../support/relay-clients.ts";
import { SecureDevice, secureRequest } from "../support/secure-client.ts";
import { selfSigned } from "../support/self-signed.ts";

const program = builtRelay();

describe("a relay with a certificate", () => {
	const cert = (): string => join(program.folder, "cert.pem");
	const key = (): string => join(program.folder, "key.pem");
	const flags = (): string[] => [
		...["--listen", "localhost:0", "--data", join(program.folder, "data"), "--tls-cert", cert(), "--tls-key", key()],
	];

	it("speaks wss and https, and takes a new certificate on SIGHUP while sockets stay open; a bad one changes nothing", async () => {
		const [first, second] = [selfSigned(), selfSigned()];
		await Promise.all([writeFile(cert(), first.cert), writeFile(key(), first.key)]);
		const relay = program.run(flags());
		const url = await relay.listening();
		expect(url).toMatch(/^wss:\/\/localhost:\d+$/);
		const group = await newKey();
		const [alice, bob] = await Promise.all([1, 2].map(() => SecureDevice.of(url, first.cert, group)));
		const [a, b] = await Promise.all([defined(alice).connect(), defined(bob).connect()]);
		a.say({ type: "OFFER", dst: defined(bob).pid, payload: { n: 1 } });
		expect((await b.next("OFFER")).payload).toEqual({ n: 1 });

		const https = url.replace("wss", "https");
		const before = await secureRequest(`${https}/health`, first.cert);
		expect([before.status, before.fingerprint]).toEqual([200, first.fingerprint]);
		expect(before.headers["strict-transport-security"]).toBe("max-age=15552000");

		await writeFile(cert(), second.cert);
		relay.child.kill("SIGHUP");
		await relay.says("nothing was changed");
		expect((await secureRequest(`${https}/health`, first.cert)).fingerprint).toBe(first.fingerprint);

		await writeFile(key(), second.key);
		relay.child.kill("SIGHUP");
		await relay.says("read again what");
		expect((await secureRequest(`${https}/health`, second.cert)).fingerprint).toBe(second.fingerprint);
		await expect(secureRequest(`${https}/health`, first.cert)).rejects.toThrow();
		a.say({ type: "OFFER", dst: defined(bob).pid, payload: { n: 2 } });
		expect((await b.next("OFFER")).payload).toEqual({ n: 2 });
		expect(await relay.stop()).toBe(0);
		expect(relay.stderr).not.toContain("PRIVATE KEY");
	});

	it("speaks no TLS that is too old and no plain HTTP, and waits for no handshake that never comes", async () => {
		const own = selfSigned();
		await Promise.all([writeFile(cert(), own.cert), writeFile(key(), own.key)]);
		const limits = join(program.folder, "limits.json");
		await writeFile(limits, '{"headersTimeoutMs":500,"httpCheckMs":100}');
		const relay = program.run([...flags(), "--limits", limits]);
		const url = await relay.listening();
		const { host, port } = relayAddress(url);
		const old = {
			host,
			port,
			ca: own.cert,
			maxVersion: "TLSv1.1",
			minVersion: "TLSv1",
			ciphers: "ALL:@SECLEVEL=0",
		} as const;
		await expect(
			new Promise((resolve, reject) => connectSecurely(old, () => resolve("talks")).on("error", reject)),
		).rejects.toThrow();
		await expect(fetch(`${url.replace("wss", "http")}/health`)).rejects.toThrow();
		for (const said of ["", "\u0016\u0003\u0001"]) {
			const silent = connect(port, host);
			silent.on("error", () => undefined);
			silent.write(said);
			await new Promise((resolve) => silent.on("close", resolve));
		}
		const withSilence = connectSecurely({ host, port, ca: own.cert });
		withSilence.on("error", () => undefined);
		withSilence.resume();
		await new Promise((resolve) => withSilence.on("close", resolve));
		expect((await secureRequest(`${url.replace("wss", "https")}/health`, own.cert)).status).toBe(200);
	});

	it.each([
		["no PEM", "hello", "hello", "not PEM"],
		["the key of another", selfSigned().cert, selfSigned().key, "do not work together"],
	])("does not start with %s: exit 2, one line", async (_, certText, keyText, says) => {
		await Promise.all([writeFile(cert(), certText), writeFile(key(), keyText)]);
		const relay = program.run(flags());
		expect(await relay.exit).toBe(2);
		expect(relay.stderr).toMatch(/^psync relay: --tls-cert[^\n]*\n$/);
		expect(relay.stderr).toContain(says);
	});

	it("refuses one that has expired", () => {
		const own = selfSigned();
		expect(certificateProblem(own, Date.now())).toBeUndefined();
		expect(certificateProblem(own, Date.now() + 365 * 86_400_000)).toContain("expired");
	});
});
