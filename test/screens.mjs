// `npm run screens`: pictures of every screen, four looks beside each other, into readme/screens (test/host/screens.test.ts).
import path from "node:path";
import { fileURLToPath } from "node:url";

process.env.PSYNC_SCREENS = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "readme/screens");
process.argv.push("test/host/screens.test.ts");
await import("./run.mjs");
