// The few platform types that the pure zones may name. They exist in every browser and in Node; they hold no state of ours.

interface AbortSignal {
	readonly aborted: boolean;
	readonly reason: unknown;
	addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
	removeEventListener(type: "abort", listener: () => void): void;
	throwIfAborted(): void;
}
interface AbortController {
	readonly signal: AbortSignal;
	abort(reason?: unknown): void;
}
declare const AbortController: new () => AbortController;

interface TextEncoder {
	encode(text: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: new () => TextEncoder;

interface TextDecoder {
	decode(bytes: Uint8Array): string;
}
declare const TextDecoder: new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) => TextDecoder;
