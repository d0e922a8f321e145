// The web server behind the host's pages, on loopback: bundles and serves them, and makes the requests of `requestUrl`,
// which in the app know no CORS.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import esbuild from "esbuild";
import type { BridgedResponse } from "./page/request-url.ts";

export interface HostServer {
	readonly port: number;
	/** By address; what is put here is served from then on. */
	readonly pages: Map<string, Page>;
	close(): Promise<void>;
}

export interface Page {
	readonly type: string;
	readonly body: string;
}

/** `root` is the project's folder. */
export async function startHostServer(root: string): Promise<HostServer> {
	const token = randomBytes(16).toString("hex");
	const folder = path.join(root, "test/host/page");
	const script = { type: "text/javascript" };
	const pages = new Map<string, Page>([
		["/", { type: "text/html", body: html("device") }],
		["/app", { type: "text/html", body: html("app", `<meta name="request-token" content="${token}" />`) }],
		["/device.js", { ...script, body: await bundle(path.join(folder, "device-page.ts")) }],
		["/app.js", { ...script, body: await bundle(path.join(folder, "app-page.ts")) }],
		["/device.css", { type: "text/css", body: await readFile(path.join(folder, "device.css"), "utf8") }],
		["/app.css", { type: "text/css", body: await readFile(path.join(folder, "app.css"), "utf8") }],
	]);
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const page = pages.get(request.url ?? "/");
		if (request.url === "/request" && request.headers["x-host-token"] === token) return bridge(request, response);
		response.writeHead(page === undefined ? 404 : 200, {
			"content-type": `${page?.type ?? "text/plain"}; charset=utf-8`,
		});
		response.end(page?.body ?? "");
	};
	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			// What the far end or the network refused; the page turns it into a failed request.
			response.writeHead(502).end(String(error));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		pages,
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => {
					resolve();
				});
				server.closeAllConnections();
			}),
	};
}

export async function bundle(entry: string): Promise<string> {
	const options = { bundle: true, write: false, format: "iife", platform: "browser", target: "es2022" } as const;
	const result = await esbuild.build({ ...options, entryPoints: [entry], logLevel: "warning" });
	return result.outputFiles[0]?.text ?? "";
}

/** A page that is its script and its style, both of its name. */
export function html(name: string, head = ""): string {
	const links = `<link rel="icon" href="data:," /><link rel="stylesheet" href="/${name}.css" />${head}`;
	return `<!doctype html><html><head><meta charset="utf-8" /><title>PSync</title>${links}</head><body><script src="/${name}.js"></script></body></html>`;
}

/** Only pages of this server know the token, so no other page in the browser can send requests through it. */
async function bridge(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const wanted = JSON.parse(decodeURIComponent(String(request.headers["x-host-request"]))) as {
		url: string;
		method: string;
		headers: Record<string, string>;
	};
	const body = await buffer(request);
	const answered = await fetch(wanted.url, {
		method: wanted.method,
		headers: wanted.headers,
		...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
	});
	const bridged: BridgedResponse = { status: answered.status, headers: Object.fromEntries(answered.headers) };
	response.writeHead(200, { "x-host-response": encodeURIComponent(JSON.stringify(bridged)) });
	response.end(Buffer.from(await answered.arrayBuffer()));
}
