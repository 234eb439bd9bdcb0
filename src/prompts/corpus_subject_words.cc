#include "prompts/corpus_words.h"

namespace gsa::prompts {
namespace {

constexpr std::string_view kPerson = R"(
fisherman, lighthouse keeper, clockmaker, queen, king, shepherd, astronaut, samurai, ballerina,
sailor, blacksmith, baker, nun, monk, pilgrim, sorceress, wizard, alchemist, cartographer, librarian,
violinist, cellist, street musician, jazz singer, tailor, beekeeper, gardener, botanist, falconer,
knight, squire, archer, ranger, druid, oracle, priestess, wanderer, nomad, merchant, ferryman,
chimney sweep, train conductor, pilot, mechanic, robot engineer, deep sea diver, whaler, viking,
explorer, mountaineer, geisha, opera singer, clown, acrobat, tightrope walker, puppeteer, magician,
fortune teller, midwife, village doctor, schoolteacher, postman, chess player, boxer, swordsman,
cyclist, surfer, skater, grandmother, grandfather, bride, widow, princess, emperor,
duchess, detective, spy, smuggler, pirate captain, bounty hunter, android, cyborg, mermaid, elf,
dwarf, vampire, witch, necromancer, angel, goddess, forest spirit, harvest god, mourner, stargazer,
glassblower, weaver, potter, stonemason, sculptor, painter, photographer, farmer, miner, welder,
fencer, scribe, bookbinder, perfumer, tea master, cloud shepherd, star sailor, moon gardener,
paladin, barbarian, gunslinger, cowboy, noblewoman, courtier, jester, scarecrow, gentleman,
old man, old woman, young man, young woman, wandering bard, desert guide, royal guard, subway commuter
)";

constexpr std::string_view kPersonAdjective = R"(
weary, freckled, tattooed, smiling, solemn, masked, hooded, barefoot, elegant, ragged,
lonely, curious, stern, gentle, proud, mysterious, handsome, beautiful, one-eyed, pale, sunburnt,
tall, stout, silver-haired, red-haired, long-haired, melancholy, cheerful,
exhausted, fearless, shy, stoic, regal, humble, veiled, armoured, cloaked, ghostly, celestial, ageless,
Victorian, medieval, Edwardian, futuristic, cyberpunk, steampunk, Nordic, Persian, Venetian,
Byzantine, nineteenth-century, 1920s, 1980s, brooding, dreamy, serene, windswept, fierce, tearful
)";

constexpr std::string_view kPersonDetail = R"(
with silver hair, with braided hair, with a crooked smile, with kind eyes, with piercing green eyes,
with freckles, with gold jewellery, with a raven on one shoulder, with flowers in the hair,
with ink-stained fingers, with a brass telescope, with tired eyes, with a glass eye,
with a halo of moths, with paint on both hands, with a wolf close by, with butterfly wings,
with antlers, with mechanical arms, with a lantern, in a raincoat, in full plate armour, in a kimono,
in a tattered cloak, in a yellow dress, in a space suit, in a velvet coat, in ceremonial robes,
in a woollen scarf, in a linen shirt, in dusty overalls, wearing a crown of thorns,
wearing a wide straw hat, wearing round spectacles, wearing a porcelain mask, wearing a long red cape,
wearing an embroidered jacket, wearing a fur collar, wearing a copper diving helmet,
wearing a gown of feathers, wearing pearl earrings, wearing headphones, wearing a paper crown,
holding an umbrella, holding a burning torch, holding a sleeping cat, holding a letter,
holding a single white rose, holding a snow globe, holding a bundle of wheat, holding a broken sword,
holding an hourglass, carrying a suitcase, carrying a birdcage, carrying a bag of oranges,
wrapped in a patchwork quilt, wrapped in smoke, covered in snowflakes, dressed in black,
dressed for a masquerade, half in shadow, unshaven, bareheaded, backlit
)";

constexpr std::string_view kPersonAction = R"(
reading, sleeping, dancing, praying, laughing, waiting, singing, whispering, running, kneeling,
meditating, smoking a pipe, reading a letter, mending a net, tuning a violin, playing the cello,
lighting a candle, peeling an apple, feeding pigeons, drinking coffee, pouring tea, writing a diary,
sharpening a blade, drawing a map, planting seeds, picking pears, folding paper cranes,
gazing at the stars, staring into the fire, looking out of the window, looking over one shoulder,
looking straight at the viewer, walking a tightrope, walking through tall grass, walking home,
climbing a spiral staircase, climbing out of a well, crossing a rope bridge, rowing a small boat,
riding a bicycle, riding a giant moth, riding a white horse, flying a kite, chasing butterflies,
casting a spell, summoning a storm, reading tarot cards, repairing a pocket watch, baking bread,
building a ship in a bottle, painting a self-portrait, carving a wooden bird, hanging laundry,
sitting on a throne, sitting cross-legged, sitting alone, standing in an open doorway,
standing knee-deep in water, standing with arms folded, leaning against a wall, leaning on a spear,
falling asleep over a book, falling through clouds, floating in zero gravity, floating on a raft,
emerging from the mist, emerging from a portal, stepping off a tram, waving goodbye, counting coins,
playing chess against a skeleton, talking to a crow, listening to a seashell, collecting fireflies,
balancing on a pile of books, sweeping fallen leaves, opening a music box, waiting for the last bus,
haggling over spices, blowing a glass bubble, eating noodles, juggling oranges, catching snow
)";

constexpr std::string_view kCompany = R"(
two sisters, two old friends, twin brothers, three witches, a crowd of dancers, a family at dinner,
four musicians, a queue of commuters, a group of travellers, a village choir, a band of outlaws,
a procession of monks, two lovers, a fisherman and his brother, five astronauts, a circle of elders,
a troupe of acrobats, six knights, a crew of sailors, a wedding party, two chess players,
rival duellists, a row of nuns, market traders, a caravan of merchants
)";

constexpr std::string_view kCompanyAction = R"(
dancing, waiting, arguing, singing, gathered around a fire, crossing a frozen river, sharing a meal,
vanishing into the mist, setting out on a journey, posing for a group portrait, hauling a heavy rope,
playing cards by lamplight, marching through mud, watching fireworks, asleep in the same room,
walking arm in arm, carrying paper lanterns, drawing water from a well, seen from behind, laughing,
looking up at an airship, saying goodbye, sheltering from hail, telling ghost stories, bathed in red light
)";

constexpr std::string_view kCreature = R"(
fox, heron, owl, raven, octopus, dragon, snow leopard, tiger, lion, elephant, whale, wolf, bear, hare,
stag, hedgehog, badger, otter, cat, black cat, dog, greyhound, corgi, kitten, horse, unicorn, goat,
llama, tortoise, chameleon, iguana, frog, toad, axolotl, salamander, koi, jellyfish, manta ray,
seahorse, crab, beetle, moth, dragonfly, bumblebee, praying mantis, snail, spider, peacock, swan,
crane, flamingo, hummingbird, kingfisher, penguin, puffin, phoenix, griffin, kraken, sphinx, minotaur,
golem, sea serpent, leviathan, yeti, red panda, capybara, sloth, pangolin, raccoon, squirrel, mouse,
dormouse, bat, barn owl, falcon, rooster, goose, parrot, bison, moose, reindeer, lynx, jaguar,
baby dragon, cave spirit, forest guardian, mechanical owl, clockwork beetle, paper tiger, stone lion,
cloud whale, robot dog, space squid
)";

constexpr std::string_view kCreatureAdjective = R"(
tiny, giant, ancient, sleepy, majestic, fluffy, scruffy, albino, iridescent, spotted, striped, shaggy,
feathered, winged, horned, two-headed, translucent, bioluminescent, glowing, curious, grumpy, wise,
wounded, playful, wild, noble, mythical, friendly, chubby, lanky, emerald, golden, crimson, ivory,
porcelain, clockwork, origami, crystal, mossy, moonlit, wet, hungry, timid, enormous, cosmic, spectral
)";

constexpr std::string_view kCreatureDetail = R"(
with glowing eyes, with amber eyes, with enormous ears, with a scarred muzzle, with golden feathers,
with moss on its back, with a crown of flowers, with crystal horns, with a tiny saddle,
with stained glass wings, with galaxies in its fur, with a bell around its neck, with curled horns,
with a fish in its beak, with frost on its whiskers, in a tweed waistcoat, in a tiny spacesuit,
wearing a scarf, wearing a monocle, wearing a small knitted hat, wearing samurai armour,
covered in runes, covered in dew, made of smoke, made of folded paper, made of autumn leaves,
made of brass gears, carved from jade, wreathed in flame, tangled in ivy, dusted with snow
)";

constexpr std::string_view kCreatureAction = R"(
sleeping, hunting, leaping, swimming, yawning, flying, howling, resting, curled up asleep,
drinking from a puddle, guarding a treasure, guarding its eggs, perched on a branch,
perched on a stack of books, peering through leaves, staring at the moon, chasing a falling leaf,
catching a fish, hiding in tall grass, stretching in the sun, shaking off water, breathing fire,
crossing a stream, stalking its prey, carrying a letter, playing the piano, reading a newspaper,
drinking tea, riding a skateboard, swimming among lilies, swimming through clouds, rising from the sea,
circling a tower, sleeping on a pile of gold, looking back, spreading its wings, basking on a rock,
emerging from an egg, building a nest, leaping over a fence, running along the beach,
dancing with its shadow, waiting by the door, watching the rain, tending a small garden
)";

constexpr std::string_view kHerd = R"(
two cranes, a family of foxes, a flock of starlings, wild horses, three owls, a pod of whales,
a parade of elephants, seven ravens, a shoal of silver fish, a swarm of fireflies, a pair of swans,
a litter of kittens, migrating geese, a pack of wolves, twin dragons, a herd of bison, koi
)";

constexpr std::string_view kHerdAction = R"(
sleeping, running, crossing a shallow river, circling overhead, vanishing into the fog, gathering at dusk,
scattering in all directions, resting in the shade, seen from far away, moving south, drinking at a pool,
lit by the setting sun, half hidden by reeds, following a comet, playing in shallow water, on the move,
silhouetted on a ridge, huddled against the cold, swirling like smoke
)";

constexpr std::string_view kThing = R"(
teapot, grand piano, steam locomotive, motorcycle, typewriter, rowing boat, hot air balloon, airship,
submarine, lantern, chandelier, grandfather clock, pocket watch, astrolabe, telescope, microscope,
gramophone, radio, television set, telephone box, vending machine, robot, spaceship, satellite,
space probe, tram, sports car, pickup truck, camper van, bicycle, sailing ship, galleon, paper boat,
umbrella, chair, armchair, mirror, perfume bottle, snow globe, chess set, music box, carousel,
ferris wheel, statue, marble bust, vase, bowl of lemons, loaf of bread, wedding cake, cup of coffee,
bouquet of peonies, sunflower, bonsai, mushroom, cactus, orchid, seashell, skull, crown, throne, sword,
shield, helmet, key, locket, map, book, spell book, candle, matchbox, suitcase, violin, harp, drum,
kite, puppet, rocking horse, dollhouse, glass sphere, crystal, meteorite, obelisk, monolith,
windmill, water wheel, scarecrow, pair of boots, red balloon, aquarium, terrarium, birdcage,
sewing machine, jukebox, pinball machine, arcade cabinet, computer terminal, ramen bowl, pomegranate,
honey jar, fountain pen, weather vane, stained glass window, drone, mech suit, hourglass, potion bottle
)";

constexpr std::string_view kThingAdjective = R"(
rusted, abandoned, porcelain, antique, broken, forgotten, ornate, gilded, wooden, brass, copper, marble,
glass, crystal, giant, miniature, floating, glowing, cracked, dusty, mossy, Victorian, art deco,
futuristic, steampunk, baroque, handmade, painted, bronze, obsidian, ivory, silver, golden, velvet,
knitted, transparent, haunted, enchanted, alien, ancient, sunken, overgrown, half-buried, weathered,
vintage, retro, minimalist, intricate, ceramic, tarnished, translucent, towering, melted, frosted
)";

constexpr std::string_view kThingDetail = R"(
with tarnished brass fittings, with a cracked face, with peeling paint, with golden hinges,
with flowers growing out of it, with a forest inside, with tiny windows, with a broken handle,
with neon trim, with dragonfly wings, with mother-of-pearl inlay, with a single glowing eye,
with too many legs, with a city inside, made of bone, made of coral, made of ice, made of clouds,
made of sea glass, made of knitted wool, carved from a single tree, wrapped in brown paper,
tied with red string, engraved with constellations, full of stars, full of butterflies,
full of goldfish, in pieces
)";

constexpr std::string_view kThingAction = R"(
rusting, floating, glowing, burning, melting, smoking, drifting, overgrown, covered in moss,
covered in snow, covered in barnacles, half buried in sand, overgrown with ivy, wrapped in vines,
hanging from a tree, hanging in mid air, drifting out to sea, drifting through space,
glowing in the dark, lit from within, dissolving into birds, turning into flowers, falling apart,
sinking into a swamp, standing on a table, resting on silk, resting on a windowsill, lying in the grass,
washed up on the shore, surrounded by candles, surrounded by curious birds, caught in a thunderstorm,
reflected in a puddle, seen through frosted glass, seen from below, casting a long shadow,
gathering dust, waiting to be repaired, left behind,
abandoned by the roadside, glinting in the sun, hidden under a bridge, orbiting a dying star, frozen in ice
)";

constexpr std::string_view kPlace = R"(
lighthouse, cathedral, mountain village, spaceport, castle, monastery, library, observatory, harbour,
train station, subway station, market, bazaar, teahouse, tavern, diner, petrol station, motel, theatre,
opera house, greenhouse, orchard, vineyard, bamboo forest, pine forest, birch wood, rainforest, swamp,
desert, canyon, fjord, glacier, volcano, hot spring, lagoon, coral reef,
cave, quarry, mine, abbey, temple, shrine, pagoda, mosque, pyramid, ziggurat, amphitheatre,
tower, watchtower, skyscraper, tenement, alley, courtyard, cloister, crypt, graveyard,
hedge maze, rose garden, zen garden, meadow, lavender field, wheat field, rice field,
mountain pass, fishing village, floating market, canal city, sky city, underwater city,
space station, moon base, laboratory, workshop, bookshop, bakery, flower shop, barber shop, attic,
ballroom, throne room, dining room, kitchen, swimming pool, airport, factory, shipyard, power station,
cottage, treehouse, farmhouse, windmill, igloo, yurt, caravan park, fairground, circus,
city street, plaza, tea plantation, river delta, megacity, walled town, hill fort, sculpture park
)";

constexpr std::string_view kPlaceAdjective = R"(
ruined, flooded, abandoned, ancient, sunlit, moonlit, snowy, misty, foggy, overgrown, bustling, deserted,
quiet, haunted, sunken, floating, crystal, gothic, baroque, brutalist, futuristic, medieval, Moorish,
Japanese, Nordic, Tuscan, Soviet, colonial, forgotten, hidden, endless, burning, frozen, rainy,
neon-lit, candlelit, lantern-lit, terraced, crumbling, marble, wooden, whitewashed, enchanted, alien,
desolate, windswept, impossible, labyrinthine, cosy, tiny, grand, vaulted, dusty, mossy, underground,
coastal, alpine, tropical, volcanic, post-apocalyptic, solarpunk, dystopian, nocturnal, colourful
)";

constexpr std::string_view kPlaceDetail = R"(
with a spiral staircase, with stained glass windows, with a thousand lanterns, with red tiled roofs,
with hanging gardens, with a stone archway, with broken columns, with a small shrine,
with laundry between the windows, with empty chairs, with a single lit window, with flying buttresses,
with market stalls, with cobbled streets, with giant mushrooms, with cherry trees,
with a river running through it, with a golden dome, with rope bridges, with two moons above,
with mountains behind, with smoke from the chimneys, with wet asphalt, with graffiti on every wall,
with flickering signs, without people, built on stilts, built into a cliff, built from shipwrecks,
carved into the rock, on the back of a turtle, full of birds, full of old machines
)";

constexpr std::string_view kPlaceAction = R"(
collapsing, burning, sleeping, glowing, thawing, waking up, seen from above, seen through a keyhole,
seen from a passing train, bathed in mist, buried under snow, covered in wildflowers, reclaimed by nature,
sinking into the sea, floating above the clouds, rising out of the fog, hidden behind a waterfall,
lit by paper lanterns, lit by lightning, lost in the jungle, swallowed by sand, slowly flooding,
clinging to a mountainside, overlooking the ocean, shrouded in smoke, surrounded by dark water,
crowded with strangers, prepared for a festival, stretching to the horizon, dissolving into rain,
silhouetted against the sky, reflected in still water, opening onto a valley, after the storm
)";

constexpr std::string_view kLandmark = R"(
bridge, waterfall, cliff, beach, island, rooftop, aqueduct, oil rig, salt flat, coastline, iceberg,
mountain, mountain peak, sand dune, stone circle, drawbridge, pier, archipelago, crater, nebula, planet,
moon, ring world, space elevator, viaduct, rice terrace, road, staircase, roundabout, rock arch, river,
frozen lake, giant tree, city skyline, standing stone, crossroads, jetty, dam, totem pole, triumphal arch
)";

constexpr std::string_view kWhere = R"(
underwater, outdoors, indoors, at sea, in space, on stage, at home, in a dream, in the snow,
in the rain, in the desert, under the stars, by the fireplace, by the sea, on the moon, on Mars,
on a train, on a rooftop, on a pier, in a bathtub, in a phone booth, in an elevator, in a hammock,
on a frozen lake, on a rocky shore, on a cobblestone street, on a hilltop, on a wooden bench,
on a balcony in Lisbon, on a back street in Osaka, in a Paris cafe, in old Istanbul, in Venice,
in the Scottish highlands, in the Sahara, in the Arctic, in a New Orleans courtyard, in old Havana,
at the edge of a cliff, at the bottom of the ocean, at the end of the world, at a crossroads,
at a kitchen table, at the foot of a glacier, among ruins, among giant ferns, among falling petals,
among a thousand candles, between two mirrors, behind a curtain of ivy, beneath a stone arch,
beneath an enormous tree, beneath the northern lights, under a street lamp, under a cherry tree,
under a double rainbow, inside a snow globe, inside a whale, inside a clock tower, inside a bubble,
inside a cathedral of bones, in a field of poppies, in a field of sunflowers, in a hall of mirrors,
in a cluttered workshop, in a flooded basement, in an overgrown greenhouse, in a sea of clouds,
in a city of glass, in a forest of giant mushrooms, in a room full of plants, in an empty theatre,
in the ruins of a library, in the middle of nowhere, in the eye of a hurricane, in outer space,
on top of a skyscraper, on the deck of a ship, on the rings of Saturn, on the steps of a temple,
on an alien planet, on a chessboard, near a waterfall, near an old well, next to a vintage car,
beside a campfire, beside a quiet canal, along a country road, across a salt desert,
above the clouds, above a sleeping town, against a plain background, against a stormy sky
)";

constexpr std::string_view kBeside = R"(
in, outside, near, beside, in front of, in the heart of, on the way to, behind, above, not far from,
at the edge of, opposite, deep inside, at the entrance of, lost in, just outside
)";

constexpr std::string_view kWhen = R"(
at dawn, at dusk, at midnight, at noon, at sunset, at sunrise, at twilight, at night, at first light,
at golden hour, at blue hour, in autumn, in winter, in spring, in midsummer, in heavy rain, in thick fog,
in a blizzard, in a sandstorm, in late afternoon, on a winter morning, on a summer evening,
on a rainy afternoon, on the last day of school, on New Year's Eve, under a full moon, under a red sky,
under two moons, under a leaden sky, during a thunderstorm, during an eclipse, during a meteor shower,
during a carnival, after the rain, after midnight, before the storm, before dawn, before the harvest,
as snow begins to fall, as the sun goes down, as the tide comes in, as the lights go out,
a hundred years ago, a thousand years from now, early in the morning, late at night, long ago
)";

constexpr std::string_view kFarther = R"(
in the foreground, in the background, in the distance, far off, to the left, to the right, overhead,
below, nearby, on the horizon, half hidden in shadow, reflected in the water, through a doorway, beyond,
at the edge of the frame, in the middle ground, behind it all, somewhere further back, in one corner,
barely visible, across the valley, on the far bank, just out of reach, in a second panel, high up,
framed by an arch, in a mirror, at the very back, towering over everything, small against the sky
)";

}  // namespace

// clang-format off: one list a line
std::string_view subject_words(List list) {
  switch (list) {
    case List::person:
      return kPerson;
    case List::person_adjective:
      return kPersonAdjective;
    case List::person_detail:
      return kPersonDetail;
    case List::person_action:
      return kPersonAction;
    case List::company:
      return kCompany;
    case List::company_action:
      return kCompanyAction;
    case List::creature:
      return kCreature;
    case List::creature_adjective:
      return kCreatureAdjective;
    case List::creature_detail:
      return kCreatureDetail;
    case List::creature_action:
      return kCreatureAction;
    case List::herd:
      return kHerd;
    case List::herd_action:
      return kHerdAction;
    case List::thing:
      return kThing;
    case List::thing_adjective:
      return kThingAdjective;
    case List::thing_detail:
      return kThingDetail;
    case List::thing_action:
      return kThingAction;
    case List::place:
      return kPlace;
    case List::place_adjective:
      return kPlaceAdjective;
    case List::place_detail:
      return kPlaceDetail;
    case List::place_action:
      return kPlaceAction;
    case List::landmark:
      return kLandmark;
    case List::where:
      return kWhere;
    case List::beside:
      return kBeside;
    case List::when:
      return kWhen;
    case List::farther:
      return kFarther;
    default:
      return {};
  }
}
// clang-format on

}  // namespace gsa::prompts
