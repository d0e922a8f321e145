// The program `psync`: gives the command line its process, and ends it.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { runCli } from "./cli.ts";
import { EXIT } from "./exit.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
	process.on(signal, () => {
		// A second one means it: what is durable stays so, whatever the moment.
		if (stop.signal.aborted) process.exit(EXIT.failed);
		stop.abort(signal);
	});
}
// Started with a channel to a parent (demo/start.mjs): without it there is nobody left who would end this.
process.once("disconnect", () => {
	stop.abort("parent ended");
});
// A reader that went away (a closed pipe) is no reason to stop keeping notes in sync.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

let exitCode: number;
try {
	exitCode = await runCli(process.argv.slice(2), {
		env: process.env,
		stdout: (text) => void process.stdout.write(text),
		stderr: (text) => void process.stderr.write(text),
		isTerminal: process.stdin.isTTY && process.stdout.isTTY,
		question,
		isTyped: process.stdin.isTTY,
		secret,
		input,
		stop: stop.signal,
	});
} catch (error) {
	process.stderr.write(`psync: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	exitCode = EXIT.failed;
}
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// The WebRTC library's threads would keep the process alive.
process.exit(exitCode);

async function question(text: string): Promise<string> {
	// On stderr when stdout goes elsewhere: a question must be seen.
	return answered(text, process.stdout.isTTY ? process.stdout : process.stderr);
}

/** What is typed is not shown. */
async function secret(text: string): Promise<string> {
	process.stderr.write(text);
	const nowhere = new Writable({
		write: (_chunk, _encoding, done) => {
			done();
		},
	});
	try {
		return await answered("", nowhere);
	} finally {
		process.stderr.write("\n");
	}
}

async function answered(text: string, output: NodeJS.WritableStream): Promise<string> {
	const terminal = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
	const over = new AbortController();
	// End of input is no answer.
	terminal.once("close", () => {
		over.abort();
	});
	terminal.once("SIGINT", () => {
		stop.abort("SIGINT");
	});
	try {
		return await terminal.question(text, { signal: AbortSignal.any([stop.signal, over.signal]) });
	} catch (error) {
		if (!(error instanceof Error && error.name === "AbortError")) throw error;
		return "";
	} finally {
		terminal.close();
	}
}

async function input(charsMax: number): Promise<string> {
	let text = "";
	process.stdin.setEncoding("utf8");
	for await (const chunk of process.stdin) {
		text += String(chunk);
		if (text.length > charsMax) break;
	}
	return text.slice(0, charsMax);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
	return new Promise((resolve) => {
		stream.write("", () => {
			resolve();
		});
	});
}
