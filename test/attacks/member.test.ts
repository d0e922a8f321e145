// A hostile member of the group: the rogue peer against a real `psync up`, and against the engine where a clock is needed.
import { describe } from "vitest";
import { diskCases } from "./member/disk.ts";
import { massCases } from "./member/masses.ts";
import { numberCases } from "./member/numbers.ts";
import { pathCases } from "./member/paths.ts";
import { transferCases } from "./member/transfers.ts";

describe("a hostile member", () => {
	diskCases();
	pathCases();
	massCases();
	numberCases();
	transferCases();
});
