// `psync relay` as a command: reads flags and environment, says where it listens, runs until it is told to stop, drains, and
// answers with an exit code (0 done, 1 failed, 2 bad usage).
import { isLoopbackHost } from "./address.ts";
import { parseRelayConfig, RELAY_USAGE } from "./config.ts";
import { RelayDataError } from "./keys.ts";
import { relayLog } from "./log.ts";
import type { RelayLog } from "./log.ts";
import { startRelay } from "./server.ts";
import type { RelayOptions, RunningRelay } from "./server.ts";

export interface RelayStreams {
	readonly stdout: { write(text: string): unknown };
	readonly stderr: { write(text: string): unknown };
}

/**
 * Resolves with the exit code when the relay has stopped. Without `stop` it listens to SIGINT and SIGTERM itself. It is for a
 * process that does nothing else: an exception that nobody caught is the end (log, drain, 1), and SIGHUP reads files again.
 */
export async function runRelay(
	argv: readonly string[],
	env: Readonly<Record<string, string | undefined>>,
	streams: RelayStreams = { stdout: process.stdout, stderr: process.stderr },
	stop?: AbortSignal,
): Promise<number> {
	const config = parseRelayConfig(argv, env);
	if (config.kind === "help") {
		streams.stdout.write(RELAY_USAGE);
		return 0;
	}
	if (config.kind === "wrong") {
		streams.stderr.write(`psync relay: ${config.message}\n`);
		return 2;
	}
	const log = relayLog(config.logLevel, { write: (line) => void streams.stderr.write(line) });
	// Before anything is said: whoever reads the first line may send a signal at once.
	const end = Promise.race([stop === undefined ? signalled() : aborted(stop), failed(log)]);
	let relay: RunningRelay;
	try {
		relay = await startRelay({ ...config.options, log });
	} catch (error) {
		const reason = whyNotStarted(error, config.options);
		if (reason === undefined) throw error;
		streams.stderr.write(`psync relay: ${reason}\n`);
		return 1;
	}
	streams.stdout.write(`${JSON.stringify({ event: "listening", url: relay.url })}\n`);
	if (relay.accessCodeIsNew && relay.accessCode !== undefined) {
		streams.stderr.write(
			`Other machines can reach this relay, so devices have to give its access code: ${relay.accessCode}\n` +
				`It is kept in ${config.options.dataDir ?? ""} and not shown again.\n`,
		);
	}
	if (isInTheClear(config.options)) {
		log.warn("others can reach this relay without encryption: give it --tls-cert, or a proxy and --public-url wss://…");
	}
	const readAgain = (): void => {
		const next = parseRelayConfig(argv, env);
		if (next.kind === "run") relay.reload(next.options);
		else log.error({ reason: next.kind === "wrong" ? next.message : next.kind }, "not read again: nothing was changed");
	};
	process.on("SIGHUP", readAgain);
	const exitCode = await end;
	process.off("SIGHUP", readAgain);
	await relay.close();
	return exitCode;
}

function isInTheClear({ host, tls, publicUrl }: RelayOptions): boolean {
	return tls === undefined && !isLoopbackHost(host) && publicUrl?.startsWith("wss:") !== true;
}

function aborted(signal: AbortSignal): Promise<0> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve(0);
		else
			signal.addEventListener(
				"abort",
				() => {
					resolve(0);
				},
				{ once: true },
			);
	});
}

function signalled(): Promise<0> {
	return new Promise((resolve) => {
		// "once": a second signal while draining has its usual effect and ends the process.
		for (const signal of ["SIGINT", "SIGTERM"] as const) {
			process.once(signal, () => {
				resolve(0);
			});
		}
	});
}

function failed(log: RelayLog): Promise<1> {
	return new Promise((resolve) => {
		// "once": a second one while draining ends the process.
		process.once("uncaughtException", (error) => {
			log.error({ err: error }, "stopping after an exception");
			resolve(1);
		});
	});
}

/** In words, for what the system or our own checks refuse; `undefined`: none of these. */
function whyNotStarted(error: unknown, { host, port, dataDir }: RelayOptions): string | undefined {
	if (error instanceof RelayDataError) return error.message;
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	const place = `${host}:${String(port)}`;
	switch (code) {
		case "EADDRINUSE":
			return `${place} is taken by another program; choose another port with --listen`;
		case "EADDRNOTAVAIL":
		case "ENOTFOUND":
			return `this machine has no address ${host}; choose another with --listen`;
		case "EACCES":
		case "EPERM":
		case "EROFS":
		case "ENOTDIR":
		case "ENOENT":
		case "EEXIST":
		case "ENOSPC":
			return `not allowed to listen on ${place} or to use the data folder ${dataDir ?? ""} (${code})`;
		default:
			return undefined;
	}
}
