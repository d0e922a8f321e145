// `npm run pictures`: makes the pictures of the README and of the guide anew, from screens as they are now.
import path from "node:path";
import { fileURLToPath } from "node:url";

process.env.PSYNC_PICTURES = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "readme");
process.argv.push("test/host/readme-pictures.test.ts", "test/e2e/guide.test.ts");
await import("./run.mjs");
