// What a HELLO says of its sender among the capabilities.
import { expect, test } from "vitest";
import { PLATFORMS } from "../../src/core/platform-names.ts";
import { CAPABILITIES, platformCapability, platformOf } from "../../src/wire/hello.ts";

test.each(PLATFORMS)("[GP5] names %s, beside all else that the sender can do", (platform) => {
	expect(platformOf([...CAPABILITIES, platformCapability(platform), "send-only"])).toBe(platform);
});

test.each([[[]], [["on-a-fridge"]], [["on-"]], [["android"]]])(
	"[GP5] knows nothing of what it has no name for: %j",
	(capabilities) => {
		expect(platformOf(capabilities)).toBeUndefined();
	},
);
