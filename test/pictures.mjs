// `npm run pictures`: makes the pictures of the README anew, from screens as they are now (test/host/readme-pictures.test.ts).
import path from "node:path";
import { fileURLToPath } from "node:url";

process.env.PSYNC_PICTURES = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "readme");
process.argv.push("test/host/readme-pictures.test.ts");
await import("./run.mjs");
