// The test of a relay tells apart what people can do something about: against real relays, and what stands in their place.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { nodeHttp } from "../../daemon/src/node-http.ts";
import { HttpError } from "../../src/engine/ports/http.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import { newGroupKey } from "../../src/core/group-key.ts";
import { networkProblem, testRelay } from "../../src/obsidian/setup/relay-test.ts";
import type { RelayTestResult } from "../../src/obsidian/setup/relay-test.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { startedRelays } from "../support/started-relays.ts";

const relays = startedRelays();
const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** With what the system says, as the app has it. */
const http: Http = async (request) => {
	try {
		return await nodeHttp(request);
	} catch (error) {
		const { cause } = error as { cause?: { cause?: unknown } };
		throw new HttpError(String(cause?.cause ?? error));
	}
};

describe("the test of a relay", () => {
	it("[SU2] lets nobody wait for the good news, and says whether changes are kept", async () => {
		const { url } = await relays.start({ storage: "memory" });
		expect(await tested(url)).toEqual({ ok: true, keepsChanges: true });
		const { url: bare } = await relays.start({ storage: "off" });
		expect(await tested(bare)).toEqual({ ok: true, keepsChanges: false });
	});

	it("[SU2] leaves nothing at the relay that a device would have to share its place with", async () => {
		const { url } = await relays.start();
		for (let time = 0; time < 4; time++) expect(await tested(url)).toMatchObject({ ok: true });
	});

	it("[SU2] asks for the access code, and says when it is another one", async () => {
		const { url } = await relays.start({ accessCode: "a code of its own" });
		expect(await tested(url)).toEqual({ ok: false, problem: "code-missing" });
		expect(await tested(url, "another code")).toEqual({ ok: false, problem: "code-wrong" });
		expect(await tested(url, "a code of its own")).toMatchObject({ ok: true });
	});

	it("[SU2] tells a relay for other groups, and one that has another address, from one that is not there", async () => {
		const { url } = await relays.start({ groups: new Set() });
		expect(await tested(url)).toEqual({ ok: false, problem: "group-refused" });
		const named = await startedUnderAnotherName();
		expect(await tested(named)).toEqual({ ok: false, problem: "other-address" });
		const closed = await relays.start();
		await closed.close();
		expect(await tested(closed.url)).toEqual({ ok: false, problem: "nothing-there" });
	});

	it.each([
		[200, "<html>", "not-a-relay"],
		[200, '{"name":"something else"}', "not-a-relay"],
		[404, "", "not-a-relay"],
		[502, "Bad gateway", "not-behind"],
		[429, "", "too-often"],
	])("[SU2] a server that answers %d %s is no relay: %s", async (status, body, problem) => {
		const server = createServer((_, response) => response.writeHead(status).end(body));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		closing.push(() => server.close());
		expect(await tested(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`)).toEqual({
			ok: false,
			problem,
		});
	});

	it("[SU2] finds out that connections which stay open do not get through", async () => {
		const { url } = await relays.start();
		expect(await tested(url, "", () => Promise.resolve(false))).toEqual({ ok: false, problem: "no-socket" });
	});

	it.each([
		["net::ERR_NAME_NOT_RESOLVED", "no-such-name"],
		['Unable to resolve host "relay.example.org": No address associated with hostname', "no-such-name"],
		["A server with the specified hostname could not be found.", "no-such-name"],
		["net::ERR_CERT_AUTHORITY_INVALID", "certificate"],
		["java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.", "certificate"],
		["An SSL error has occurred and a secure connection to the server cannot be made.", "certificate"],
		["net::ERR_CONNECTION_REFUSED", "nothing-there"],
		["Could not connect to the server.", "nothing-there"],
		["net::ERR_INTERNET_DISCONNECTED", "no-network"],
		["The Internet connection appears to be offline.", "no-network"],
		["no answer within 10000 ms", "no-answer"],
		["net::ERR_FAILED", "no-answer"],
	])("[SU2] takes “%s” for %s", (message, problem) => {
		expect(networkProblem(message)).toBe(problem);
	});
});

/** Resolves to where it is, which is not what it believes. */
async function startedUnderAnotherName(): Promise<string> {
	const finder = createServer();
	await new Promise<void>((resolve) => finder.listen(0, "127.0.0.1", resolve));
	const { port } = finder.address() as AddressInfo;
	await new Promise((resolve) => finder.close(resolve));
	await relays.start({ port, publicUrl: parseRelayUrl(`ws://localhost:${String(port)}`) });
	return `ws://127.0.0.1:${String(port)}`;
}

function tested(
	url: string,
	accessCode = "",
	opens: (url: string) => Promise<boolean> = opensInNode,
): Promise<RelayTestResult> {
	const relayUrl = parseRelayUrl(url);
	if (relayUrl === undefined) throw new Error(`no address of a relay: ${url}`);
	return testRelay({ http, random: webRandom, opens }, { relayUrl, groupKey: newGroupKey(webRandom), accessCode });
}

function opensInNode(url: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = new WebSocket(url);
		socket.on("open", () => {
			socket.close();
			resolve(true);
		});
		socket.on("error", () => {
			resolve(false);
		});
	});
}
