// Stands in for the package peerjs-js-binarypack in the plugin's bundle (see esbuild.config.mjs). Our channels are raw and
// carry our own frames; a serializer that the other side of an offer could choose is 9 KB of parser for a stranger's bytes.

export function pack(): never {
	throw new Error("channels are raw");
}

export function unpack(): never {
	throw new Error("channels are raw");
}
