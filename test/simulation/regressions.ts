// Programs that once broke an invariant, made as short as `npm run sim` could make them. Each stays what it is only as long as the
// engine asks for time and randomness in the same order; what it found has a test of its own beside the code.
import type { Program } from "./steps.ts";

export const REGRESSIONS: readonly (readonly [what: string, program: Program])[] = [];
