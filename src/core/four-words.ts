// Four words that two devices show for each other: who sees the same ones on both looks at the device that is meant, and not at one
// that only has its name. Rule K14 of readme/SPEC.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes } from "./bytes.ts";
import type { DeviceId } from "./ids.ts";
import type { EntryId } from "./roster/entry.ts";

/** One for each value of a byte, in this order for good: short, of things that everybody knows, and hard to confuse. */
export const WORDS: readonly string[] = `
acid acorn actor album amber anchor angel apple apron arrow artist atlas attic autumn avocado bacon badge bakery balcony
bamboo banana banjo barrel basket beard beaver bench berry bicycle bishop blanket blossom bottle boulder bracelet branch
brick bridge broccoli bronze bucket buffalo bundle button cabin cactus camera candle canoe canyon captain carpet carrot
castle cedar cellar cement cereal chalk cherry chess chimney cinema circus clarinet cliff clock cloud clover coconut coffee
comet compass copper corner cotton crayon cricket crocus crystal cucumber cushion daisy dancer desert diamond dinner dolphin
dragon drawer dream drum eagle earth easel echo eclipse elbow elephant engine envelope evening fabric falcon farmer feather
fence fiddle flag flame flute forest fossil fox frog galaxy garden garlic giant ginger giraffe glacier glove goblet goose
grape guitar hammer harvest hazel hedge helmet hermit hill hockey honey horizon hotel iceberg igloo insect island ivory
jacket jaguar jelly jigsaw jungle kettle kitchen kiwi koala ladder lagoon lantern laptop lemon leopard library lion lobster
lotus lunch magnet mango maple marble market meadow melon mirror mitten monkey moon mosaic mountain mouse muffin museum
napkin needle nephew noodle nutmeg oasis ocean octopus olive onion orange orbit orchid otter oven owl oyster palace panda
paper pebble pencil penguin pepper piano pigeon pillow pirate planet plum pony potato puddle pumpkin puzzle pyramid quilt
rabbit radio rainbow raven ribbon river robot rocket saddle salmon sandal saturn school scissors shadow shark shovel silver
sofa spider spoon squirrel stadium sugar sunset swan table teapot tiger tomato tractor trumpet tulip tunnel turtle umbrella
valley velvet violin volcano
`
	.trim()
	.split(/\s+/);

const LABEL = "psync/words/1";
const WORDS_SHOWN = 4;

/** The same on both of them. `root`: of the roster that both have. */
export function fourWords(root: EntryId, a: DeviceId, b: DeviceId): readonly string[] {
	const ids = [root, ...[a, b].sort()].map(hexToBytes);
	const digest = sha256(concatBytes(new TextEncoder().encode(LABEL), ...ids));
	return [...digest.subarray(0, WORDS_SHOWN)].map((byte) => WORDS[byte] ?? "");
}
