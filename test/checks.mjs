// `npm run checks`: what a change has to pass before the tests. The linter takes about as long as all others, so it runs beside them, and
// a machine with two cores uses both. What each says is printed whole, one after the other. One that fails fails the run, and the others
// are heard all the same.
import { spawn } from "node:child_process";

/** Scripts of package.json. None reads what another writes. */
const lanes = [["types", "format:check", "build"], ["lint"]];

async function main() {
	const said = lanes.map((scripts) => {
		let before = Promise.resolve();
		return scripts.map((script) => (before = before.then(() => run(script))));
	});
	const failed = [];
	for (const result of said.flat()) {
		const { script, output, seconds, isGood } = await result;
		process.stdout.write(`\n==== ${script} ====\n${output}${isGood ? "passed" : "FAILED"} after ${seconds} s\n`);
		if (!isGood) failed.push(script);
	}
	if (failed.length > 0) process.stdout.write(`\nFAILED: ${failed.join(", ")}\n`);
	return failed.length === 0 ? 0 : 1;
}

/** Resolves when it has ended, however it did. `output` is what it wrote to either stream, in that order of arrival. */
function run(script) {
	const startedMs = Date.now();
	return new Promise((resolve) => {
		const child = spawn(`npm run --silent ${script}`, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text) => {
				output += text;
			});
		}
		child.once("error", (error) => {
			output += `${error.message}\n`;
		});
		child.once("close", (code) => {
			const seconds = Math.round((Date.now() - startedMs) / 1000);
			resolve({ script, output, seconds, isGood: code === 0 });
		});
	});
}

process.exitCode = await main();
