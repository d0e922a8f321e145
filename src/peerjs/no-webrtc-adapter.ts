// Stands in for the package webrtc-adapter in the plugin's bundle (see esbuild.config.mjs). PeerJS reads nothing of it but
// the browser's name, for a field nobody uses. The package itself is 50 KB of repairs for browsers older than any web view
// the app runs in, and it would alter the app's own RTCPeerConnection for every other plugin.
export default { browserDetails: { browser: "unknown", version: 0 } };
