// What `GET /version` says. A test keeps RELAY_VERSION equal to relay/package.json.

export const RELAY_VERSION = "0.1.0";
export const RELAY_API_VERSION = 1;
