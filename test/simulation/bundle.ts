// What the commands cli.mjs and mutants.mjs run: the simulation as one module.
import { brokenBy, scriptOf, shrink } from "./shrink.ts";
import { ALL_FAULTS, parseFaults, programOf } from "./steps.ts";
import { play, run } from "./workload.ts";

export { ALL_FAULTS, brokenBy, parseFaults, play, programOf, run, scriptOf, shrink };
