// Flags of every headless Chromium here.
export const chromiumFlags: readonly string[] = [
	// Without an interface but loopback, this flag and the permission for the microphone make WebRTC use it.
	"--allow-loopback-in-peer-connection",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
