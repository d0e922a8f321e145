// A network that is away, for connections that stand: what is sent waits, and so does what comes, until it is back. Chromium's own loss of
// packets spares connections that stand, and being offline spares WebRTC altogether.

let isAway = false;
const waiting: (() => void)[] = [];

/** In order, once it is back. */
export function holdChannels(isHeld: boolean): void {
	isAway = isHeld;
	if (!isHeld) for (const goOn of waiting.splice(0)) goOn();
}

/** Its channels can be held, whoever opens them; to be called before anybody else listens. */
export function makeHoldable(connection: RTCPeerConnection): void {
	connection.addEventListener("datachannel", ({ channel }) => {
		watch(channel);
	});
	const create = connection.createDataChannel.bind(connection);
	connection.createDataChannel = (label, options) => {
		const channel = create(label, options);
		watch(channel);
		return channel;
	};
}

function watch(channel: RTCDataChannel): void {
	// Asked of the prototype each time: a test may watch what is sent.
	const send = (data: ArrayBuffer | string): void => {
		const { prototype } = RTCDataChannel;
		(prototype.send as (this: RTCDataChannel, data: ArrayBuffer | string) => void).call(channel, data);
	};
	channel.send = (data: string | Blob | ArrayBuffer | ArrayBufferView) => {
		const own = copyOf(data);
		if (!isAway) send(own);
		else
			waiting.push(() => {
				if (channel.readyState === "open") send(own);
			});
	};
	channel.addEventListener("message", (event: MessageEvent<unknown>) => {
		if (!isAway) return;
		event.stopImmediatePropagation();
		waiting.push(() => channel.dispatchEvent(new MessageEvent("message", { data: event.data })));
	});
}

/** Whoever sends may use its bytes again at once. */
function copyOf(data: string | Blob | ArrayBuffer | ArrayBufferView): string | ArrayBuffer {
	if (typeof data === "string") return data;
	if (data instanceof Blob) throw new TypeError("a blob cannot be held");
	const bytes = ArrayBuffer.isView(data)
		? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
		: new Uint8Array(data);
	return bytes.slice().buffer;
}
