#include "prompts/corpus_words.h"

namespace gsa::prompts {
namespace {

constexpr std::string_view kLead = R"(
portrait of, a portrait of, close-up of, a close-up of, extreme close-up of, wide shot of, study of,
a study of, a scene of, side view of, full body portrait of, half-length portrait of, the story of,
an image of, a picture of, a dream of, view of, front view of, an epic scene of, a vision of,
a quiet moment in the life of, a detailed portrait of, rear view of, the secret life of
)";

constexpr std::string_view kPhotoLead = R"(
photo of, a photo of, photograph of, a photograph of, polaroid of, macro photo of, a candid photo of,
a black and white photograph of, street photography of, film still of, a movie still of, long exposure of,
daguerreotype of, drone footage of, an old photograph of, tintype of, a cinematic still of,
studio photo of, a telephoto shot of, a double exposure of, press photo of, a 35mm photo of
)";

constexpr std::string_view kPhotoTerm = R"(
35mm, 85mm, f/1.8, bokeh, hdr, kodachrome, polaroid, photorealistic, monochrome, sepia, tilt-shift,
35mm film, 50mm lens, shallow depth of field, film grain, fisheye lens, long exposure, motion blur,
wide angle lens, macro lens, shot on expired film, anamorphic lens flare, medium format film,
natural skin texture, candid moment, street photography, wet plate collodion, infrared photography,
pinhole camera, shallow focus, crisp foreground, high shutter speed, fashion editorial,
double exposure, documentary style, black and white, taken through a rainy window, grainy,
contact sheet, vintage postcard, light leaks, aerial photography
)";

constexpr std::string_view kPaintLead = R"(
painting of, oil painting of, an oil painting of, watercolour of, a watercolour of, ink drawing of,
pencil sketch of, a charcoal drawing of, gouache painting of, woodcut of, a woodblock print of,
etching of, engraving of, linocut of, fresco of, a mosaic of, pastel drawing of, a tapestry of,
storybook illustration of, botanical illustration of, an illuminated manuscript page of,
matte painting of, poster of, a vintage travel poster of, tarot card of, a stained glass panel of,
book cover illustration of, comic panel of, an impasto painting of, a loose sketch of, illustration of
)";

constexpr std::string_view kPaintTerm = R"(
watercolour, gouache, tempera, pastel, charcoal, ink, impasto, etching, woodcut, linocut, risograph,
lithograph, painterly, sgraffito, crosshatching, oil on canvas, acrylic on wood, ink wash, pen and ink,
visible brushstrokes, thick impasto, loose brushwork, delicate linework, wet on wet, gold leaf,
palette knife, cracked varnish, rough paper texture, tempera on panel, coloured pencil, chalk on slate,
stippling, layered glazes, bold outlines, flat shapes, screen print, hand-tinted, unfinished edges,
graphite on toned paper, aged parchment, underpainting showing through, museum piece,
fairytale illustration, editorial illustration, clean line art, graphic novel panel
)";

constexpr std::string_view kRenderLead = R"(
3d render of, a 3d render of, concept art of, a concept art of, digital painting of, isometric view of,
an isometric diorama of, pixel art of, low poly model of, voxel art of, game asset of, claymation of,
a digital illustration of, character design of, key visual of, cutaway diagram of, a vector illustration of,
a paper cutout of, blueprint of, character sheet of, environment concept of, a tiny felt diorama of
)";

constexpr std::string_view kRenderTerm = R"(
raytracing, octane, voxels, isometric, vector, cgi, wireframe, pixelated, octane render, unreal engine,
3d render, digital painting, concept art, subsurface scattering, global illumination, path traced,
physically based rendering, ambient occlusion, trending on artstation, cel shading, low poly,
matte painting, smooth shading, procedural textures, soft shadows, turntable view, game cutscene,
character sheet, splash art, clay render, stop motion, particle effects, screen space reflections,
speedpaint, 16-bit, glitch art, fractal detail, papercraft, studio backdrop, key art, hard surface
)";

constexpr std::string_view kStyle = R"(
surrealism, impressionism, expressionism, cubism, futurism, romanticism, symbolism, minimalism, baroque,
rococo, gothic, bauhaus, ukiyo-e, vaporwave, synthwave, cyberpunk, steampunk, dieselpunk, solarpunk,
cottagecore, psychedelic, brutalism, constructivism, pointillism, fauvism, tonalism, art nouveau,
art deco, pop art, folk art, outsider art, magical realism, dark fantasy, high fantasy, gothic horror,
retro futurism, mid-century modern, classical antiquity, abstract expressionism, social realism,
hard science fiction, cosmic horror, space opera, weird western, film noir, silent film,
dark academia, fairytale, mythpunk, nordic noir, spaghetti western, pulp magazine cover, 1970s sci-fi,
1990s anime, saturday morning cartoon, Soviet propaganda poster, op art, heraldic, byzantine icon
)";

constexpr std::string_view kIdiom = R"(
in the style of, in the manner of, inspired by, reminiscent of, as if from, like, after, echoing,
somewhere between a dream and, influenced by, a homage to, as seen in, borrowing from
)";

constexpr std::string_view kSchool = R"(
a Flemish still life, Dutch Golden Age interiors, the Hudson River School, Japanese woodblock prints,
Persian miniatures, Byzantine icons, Mughal court painting, Song dynasty landscapes, Art Nouveau posters,
the Vienna Secession, the Ashcan School, the Barbizon School, Bauhaus textbook covers,
Soviet constructivist posters, the Pre-Raphaelites, medieval bestiaries, illuminated manuscripts,
Victorian botanical plates, a Renaissance altarpiece, a Roman mosaic, Greek vase painting,
Egyptian tomb murals, an alchemical treatise, a 1950s paperback cover, a 1970s prog rock album,
a Polish film poster, a Weimar cabaret poster, German expressionist film, Italian futurism,
a silent movie, an old nautical chart, a faded circus poster, French symbolism, Danish interiors,
Nordic folk tales, Russian fairy tale books, a pulp adventure magazine, a travel brochure, Delft tiles,
a tarot deck, a medieval tapestry, early photography, anatomical atlases, a museum diorama,
a Venetian veduta, Spanish tenebrism, Edo period screens, Celtic knotwork, Aboriginal dot painting,
Art Deco skyscrapers, Baroque ceilings, cave paintings
)";

constexpr std::string_view kArtist = R"(
by Rembrandt, by Vermeer, by Caravaggio, by Hokusai, by Hiroshige, by Monet, by Van Gogh, by Turner,
by Goya, by Klimt, by Whistler, by Degas, by Titian, by Raphael, by Bosch, by Bruegel, by Botticelli,
by Gustave Doré, by Albrecht Dürer, by Hieronymus Bosch, by Caspar David Friedrich, by Alphonse Mucha,
by John Singer Sargent, by Ivan Aivazovsky, by Arkhip Kuindzhi, by Ilya Repin, by Gustave Moreau,
by Arnold Böcklin, by Aubrey Beardsley, by Arthur Rackham, by William Blake, by John Constable,
by Winslow Homer, by Albert Bierstadt, by Thomas Cole, by Odilon Redon, by Paul Cézanne, by Berthe Morisot,
by Mary Cassatt, by Henri Rousseau, by Egon Schiele, by Artemisia Gentileschi, by Giovanni Piranesi,
by John Atkinson Grimshaw, by Vilhelm Hammershøi, by Francisco Goya, by Walter Crane, by John Waterhouse,
by Edward Burne-Jones, by Ernst Haeckel, by Maria Sibylla Merian, by Katsushika Hokusai
)";

constexpr std::string_view kLighting = R"(
backlit, candlelight, moonlight, firelight, chiaroscuro, sunbeams, lamplight, starlight, soft light,
rim light, hard light, neon light, side lighting, golden hour, blue hour, volumetric light, god rays,
dappled sunlight, harsh flash, overcast light, studio lighting, dramatic lighting, cinematic lighting,
ambient lighting, low key lighting, light through blinds, soft window light, glowing embers, lens flare,
diffused morning light, crepuscular rays, bioluminescent glow, flickering torchlight, long shadows,
deep shadows, strong contrast, lit from below, a single spotlight, hazy sunshine, cold fluorescent tubes,
neon reflections on wet pavement, aurora overhead, warm lamplight, twilight glow, silver moonbeams
)";

constexpr std::string_view kColour = R"(
pastel, colourful, monochromatic, vibrant, desaturated, sepia, teal, ochre, muted colours, vivid colours,
earth tones, jewel tones, warm palette, cold palette, teal and orange, black and gold, red and black,
deep blues, faded greens, soft pinks, dusty rose, burnt sienna, cobalt and white, ivory and gold,
limited palette, rich saturation, complementary colours, rainbow gradient, pale lavender sky,
emerald accents, autumn palette, candy colours, acid yellow, copper and verdigris, ink black,
bleached whites, saffron and indigo, bruised purple clouds, pearlescent, duotone, greyscale
)";

constexpr std::string_view kComposition = R"(
symmetrical, centered, panoramic, asymmetrical, diptych, silhouette, full body, wide shot, close up,
bird's eye view, low angle, dutch angle, rule of thirds, negative space, leading lines, off-center,
forced perspective, one point perspective, 
extreme wide shot, layered foreground, framed by branches, empty background, plain white background,
circular frame, ornate border, vertical triptych, crowded scene, tiny figure for scale, worm's eye view,
seen from behind glass, tight crop, deep perspective, vast scale, split composition, golden ratio, flat lay
)";

constexpr std::string_view kMood = R"(
eerie, serene, melancholic, whimsical, ominous, nostalgic, dreamy, moody, atmospheric, mysterious,
romantic, tranquil, majestic, haunting, hopeful, ethereal, gloomy, playful, tense, solemn, lonely,
otherworldly, quiet tension, sense of wonder, sense of dread, bittersweet, peaceful, foreboding,
dreamlike atmosphere, a feeling of solitude, slightly unsettling, full of hope, heavy silence,
calm before the storm, distant memory, end of summer, uncanny, epic, cosy, mystical, wistful,
gentle humour, lost in thought, quiet grandeur, warm and inviting, strange and beautiful, bleak
)";

constexpr std::string_view kTexture = R"(
weathered, polished, rusty, mossy, dew, smoke, fog, mist, dust, embers, rain, snowfall, fireflies,
raindrops, drifting pollen, wet stone, cracked marble, oxidised copper, rough linen, brushed steel,
hammered gold, worn leather, peeling paint, swirling smoke, floating dust, falling petals, broken glass,
tangled roots, climbing ivy, carved oak, brocade and velvet, lace, mother of pearl, frosted glass,
ornate filigree, iridescent scales, ripples on water, low clouds, scattered feathers, spilled ink,
steam rising, soap bubbles, patina, birds in flight, autumn leaves, puddles, flying sparks, cobwebs
)";

constexpr std::string_view kQuality = R"(
detailed, intricate, masterpiece, 4k, 8k, hd, uhd, elegant, award-winning, sharp, hyperrealistic,
cinematic, highly detailed, sharp focus, intricate details, ultra realistic, insanely detailed,
fine detail, best quality, high resolution, award winning, extremely detailed, very coherent,
perfect composition, professional, beautiful composition, museum quality, stunning, realistic,
smooth, crisp, finely textured, high contrast, hyper detailed, exquisite, breathtaking, dynamic,
rich in detail, well balanced, beautifully rendered, unforgettable, flawless, polished finish
)";

constexpr std::string_view kRemark = R"(
Silence, Dusk, Mist everywhere, No people, Light rain, Soft light, Nobody else around, Snow on the ground,
Very detailed, Cinematic, Muted colours, Warm tones, Quiet and strange, Melancholic but hopeful,
The air is still, The light is low, Everything is covered in dust, The colours are faded,
Shot from a low angle, Painted with thick strokes, Sunbeams come in from the left,
The mood is calm and a little sad, A storm is coming, Birds scatter across the sky,
Deep shadows and one bright window, The whole thing feels like a memory, Fog hides the far shore,
Smoke curls up to the ceiling, Petals drift through the picture, The palette is blue and gold,
Everyone looks the other way, The ground is wet and shining, It should feel like the end of summer,
Nothing moves except the curtains, Fireflies hang over the grass, The background is out of focus,
You can almost hear the sea, Long exposure with soft grain, The sky takes up most of the frame,
Stars come out one by one, A thin moon hangs above, Vines have taken over the walls,
The perspective is slightly wrong on purpose, Tiny details reward a closer look, Neon signs flicker,
The scale is enormous, Lanterns sway in the wind, Wide angle, The shadows are long and violet,
Ink and watercolour on rough paper, Every surface tells a story, Leave plenty of empty space,
Half of the scene is already under water, The expression is hard to read, Rich texture,
No text and no border, It is just about to rain, Frost glitters on every edge,
Old photographs lie on the floor, The reflections do not quite match, Heavy clouds,
Make it look like a forgotten film, Reds and browns dominate, Dreamlike, Eerie, Minimal, Wistful,
Golden evening light, Rain on the window, The wind is rising, A bell rings somewhere, Grainy,
There is a letter on the table, The year is unknown, One window is still lit, Slightly surreal,
Painterly but precise, The colours bleed into each other, In the sky a trail of white smoke,
The whole image leans toward green, Moths circle the lamp, It is very cold, Winter is close,
Shadows stretch across the floor, The horizon is tilted, Nothing is explained, Simple shapes,
A faint smile, Thin lines, The frame is crowded with small objects, Steam fogs the glass, Tense
)";

constexpr std::string_view kMarkedSubject = R"(
death, a bloodhound, a bloody battlefield, a nude statue in a museum, a blood moon over the harbour,
a killer whale, a killer robot from a 1950s film, the angel of death, a death knight on horseback,
a death mask in a glass case, a bloodstained letter on a desk, a weaponsmith at the forge,
a rack of medieval weapons, a drugstore at closing time, an old drug store sign, a killer bee,
a blood orange cut in half, a naked tree on a hill, a naked mole rat, a nude figure study in charcoal,
a blood-soaked viking after the raid, a racist monument being taken down, a drug lab in the jungle,
an explicit anatomical diagram of the heart, a crowd protesting against gun violence,
a wall of hate mail, the killing floor of a slaughterhouse, a deathly pale queen, a bloodless duel,
a hateful old king, a weapon made of ice, a vampire with blood on the collar, a killer clown,
a skeleton with a weapon, a field hospital full of blood and bandages, a death's-head moth,
a naked sword on an altar, a kill screen in an arcade, a nuclear weapon test seen from afar,
an explicitly geometric tower, a bloodwood forest, a poster against racist laws
)";

constexpr std::string_view kMarkedTerm = R"(
gore, bloody, nsfw, deathly, bloodstained, killer, weaponry, violence, blood splatter, no gore,
not nsfw, no blood, blood red, body horror and gore, blood on the snow, dripping blood, death metal album,
weapon in hand, weapons drawn, dance of death, scenes of violence, war and death, hate in their eyes,
explicit content warning, blood moon, naked branches, naked flame, nude sculpture, kill or be killed,
medieval violence, a touch of gore, life and death, weapon concept sheet, blood and sand,
explicit detail, bloodshot eyes, killing frost, drug trip, drugged haze, gore effects, nude marble,
the smell of death, violence in the streets, anti-racist mural, love and hate
)";

}  // namespace

// clang-format off: one list a line
std::string_view style_words(List list) {
  switch (list) {
    case List::lead:
      return kLead;
    case List::photo_lead:
      return kPhotoLead;
    case List::photo_term:
      return kPhotoTerm;
    case List::paint_lead:
      return kPaintLead;
    case List::paint_term:
      return kPaintTerm;
    case List::render_lead:
      return kRenderLead;
    case List::render_term:
      return kRenderTerm;
    case List::style:
      return kStyle;
    case List::idiom:
      return kIdiom;
    case List::school:
      return kSchool;
    case List::artist:
      return kArtist;
    case List::lighting:
      return kLighting;
    case List::colour:
      return kColour;
    case List::composition:
      return kComposition;
    case List::mood:
      return kMood;
    case List::texture:
      return kTexture;
    case List::quality:
      return kQuality;
    case List::remark:
      return kRemark;
    case List::marked_subject:
      return kMarkedSubject;
    case List::marked_term:
      return kMarkedTerm;
    default:
      return {};
  }
}
// clang-format on

}  // namespace gsa::prompts
