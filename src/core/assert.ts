// Programmer errors: they stop the session or the plugin, they are never caught and carried on from.

export class AssertionError extends Error {
	override readonly name = "AssertionError";
}

export function assert(condition: boolean, message: string): asserts condition {
	if (!condition) throw new AssertionError(message);
}

export function assertNever(value: never): never {
	throw new AssertionError(`unexpected value: ${JSON.stringify(value)}`);
}
