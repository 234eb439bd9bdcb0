#include "prompts/corpus_grammar.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "prompts/corpus_choice.h"

// A prompt is   [lead] scene {farther scene} {term | remark}
//
//   scene    = [when ","] subject [detail] [["is"] action] [place] [when]
//   subject  = ["a"] {adjective} noun | several
//   place    = where | beside ["a"] [adjective] noun
//   term     = "soft light" | "35mm film" | idiom school | ...
//   remark   = "The light is low" | ...
//
// Each piece is chosen among the phrases that still fit, so the prompt uses up its words exactly:
// scenes take what they can of their share, and the terms or remarks, some of which have one word,
// take the rest. No piece depends on a later one, so a prompt never ends in mid-phrase.

namespace gsa::prompts {
namespace {

enum class Shape {
  scene,      // "portrait of a weary baker at dawn, soft light, 35mm film"
  tags,       // "weary baker, at dawn, soft light, 35mm film"
  sentences,  // "A weary baker at dawn. The light is low."
};

struct Kind {
  List noun, adjective, detail, action;
  List several, several_action;  // a kind without `several` repeats `noun`
  bool alive;
  std::uint32_t place_percent;
};

constexpr Kind kPerson{List::person,
                       List::person_adjective,
                       List::person_detail,
                       List::person_action,
                       List::company,
                       List::company_action,
                       true,
                       60};
constexpr Kind kCreature{List::creature,
                         List::creature_adjective,
                         List::creature_detail,
                         List::creature_action,
                         List::herd,
                         List::herd_action,
                         true,
                         60};
constexpr Kind kThing{List::thing,
                      List::thing_adjective,
                      List::thing_detail,
                      List::thing_action,
                      List::thing,
                      List::thing_action,
                      false,
                      55};
constexpr Kind kPlace{List::place,
                      List::place_adjective,
                      List::place_detail,
                      List::place_action,
                      List::place,
                      List::place_action,
                      false,
                      20};
constexpr Kind kLandmark{List::landmark,
                         List::place_adjective,
                         List::place_detail,
                         List::place_action,
                         List::landmark,
                         List::place_action,
                         false,
                         20};
// A kind appears as often as it is chosen, in sixteenths.
constexpr std::array<const Kind*, 16> kKinds = {
    &kPerson,   &kPerson,   &kPerson, &kPerson, &kPerson, &kPerson, &kCreature, &kCreature,
    &kCreature, &kCreature, &kThing,  &kThing,  &kPlace,  &kPlace,  &kPlace,    &kLandmark};

struct Genre {
  List lead, term;
};
constexpr std::array<Genre, 3> kGenres = {{{List::photo_lead, List::photo_term},
                                           {List::paint_lead, List::paint_term},
                                           {List::render_lead, List::render_term}}};

// Orders in which people list their terms; List::lead means the terms of the genre.
constexpr std::size_t kOrderSize = 11;
constexpr std::array<std::array<List, kOrderSize>, 4> kOrders = {
    {{List::lead, List::style, List::lighting, List::texture, List::colour, List::mood,
      List::composition, List::quality, List::artist, List::idiom, List::quality},
     {List::quality, List::lighting, List::lead, List::composition, List::mood, List::texture,
      List::quality, List::colour, List::style, List::lead, List::artist},
     {List::mood, List::colour, List::lighting, List::idiom, List::texture, List::lead,
      List::quality, List::composition, List::artist, List::style, List::quality},
     {List::texture, List::mood, List::composition, List::lighting, List::idiom, List::colour,
      List::lead, List::quality, List::lead, List::style, List::mood}}};

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

class Composer {
 public:
  Composer(RandomStream random, std::uint64_t id, int words, std::string& out)
      : choice_(random, id), left_(words), out_(out) {}

  void run(bool keyword);

 private:
  void choose_shape(bool keyword);
  void first_scene();
  void farther_scenes();
  void scene(const Kind& kind, int most);
  void subject(const Kind& kind);
  void noun_phrase(List noun, List adjective, std::uint32_t adjective_percent, bool article);
  void place(const Kind& kind);
  void remarks();
  void terms();
  bool term(List list);
  bool idiom();
  bool artist();
  void marked_term();
  void finish();

  // Words that the current scene may still use.
  int room() const { return left_ - reserved_; }
  const Phrase* maybe(std::uint32_t percent, List list) {
    return choice_.percent(percent) ? choice_.phrase(list, room()) : nullptr;
  }
  void word(std::string_view text);  // after a space
  void put(const Phrase& phrase);    // after a space
  void piece(
      const Phrase* phrase);  // after the separator of the pieces of a scene; null adds nothing
  void separate(std::string_view separator);

  Choice choice_;
  int left_;          // words still to be written
  int reserved_ = 0;  // how many of them the current scene must leave over
  std::string& out_;
  Shape shape_ = Shape::scene;
  bool named_time_ = false;    // at the beginning of the current scene
  bool named_school_ = false;  // one idiom and one mention of artists are enough
  bool named_artist_ = false;
  const Genre* genre_ = nullptr;
  std::string_view between_terms_ = ", ";
  std::uint32_t emphasis_percent_ = 0;
  const Phrase* marked_subject_ = nullptr;
  const Phrase* marked_term_ = nullptr;  // not counted by left_
};

void Composer::separate(std::string_view separator) {
  if (!out_.empty()) {
    out_ += separator;
  }
}

void Composer::word(std::string_view text) {
  if (!out_.empty() && out_.back() != ' ') {
    out_ += ' ';
  }
  out_ += text;
  --left_;
}

void Composer::put(const Phrase& phrase) {
  word(phrase.text);
  left_ -= phrase.words - 1;
}

void Composer::piece(const Phrase* phrase) {
  if (phrase != nullptr) {
    separate(shape_ == Shape::tags ? ", " : " ");
    put(*phrase);
  }
}

void Composer::noun_phrase(List noun, List adjective, std::uint32_t adjective_percent,
                           bool article) {
  const Phrase* head = choice_.phrase(noun, room());
  if (head == nullptr) {
    return;
  }
  int spare = room() - head->words;
  article = article && spare > 0;
  spare -= article ? 1 : 0;
  const Phrase* first = nullptr;
  const Phrase* second = nullptr;
  if (spare > 0 && choice_.percent(adjective_percent)) {
    first = choice_.phrase(adjective, 1);
    second = spare > 3 && choice_.percent(12) ? choice_.phrase(adjective, 1) : nullptr;
  }
  if (article) {
    word((first != nullptr ? first : head)->takes_an ? "an" : "a");
  }
  for (const Phrase* one : {first, second, head}) {
    if (one != nullptr) {
      put(*one);
    }
  }
}

void Composer::subject(const Kind& kind) {
  if (marked_subject_ != nullptr) {
    piece(std::exchange(marked_subject_, nullptr));
    return;
  }
  if (kind.several != kind.noun && room() > 4) {
    if (const Phrase* several = maybe(10, kind.several)) {
      piece(several);
      piece(maybe(80, kind.several_action));
      return;
    }
  }
  const bool led = out_.ends_with(" of");
  const bool opens = led || out_.empty();  // where some people omit the article
  noun_phrase(kind.noun, kind.adjective, 76,
              shape_ != Shape::tags && (!opens || choice_.percent(92)));
  piece(maybe(36, kind.detail));
  if (shape_ == Shape::sentences && !led && room() > 2 && choice_.percent(25)) {
    if (const Phrase* action = choice_.phrase(kind.action, room() - 1)) {
      word("is");
      put(*action);
    }
  } else {
    piece(maybe(64, kind.action));
  }
}

void Composer::place(const Kind& kind) {
  if (!choice_.percent(kind.place_percent)) {
    return;
  }
  const bool is_place = kind.adjective == List::place_adjective;
  const Phrase* beside = room() > 4 && (is_place || choice_.percent(45))
                             ? choice_.phrase(List::beside, room() - 3)
                             : nullptr;
  if (beside != nullptr) {
    piece(beside);
    noun_phrase(List::place, List::place_adjective, 85, true);
  } else if (!is_place) {
    piece(choice_.phrase(List::where, room()));
  }
}

// Writes a space, then at least one and at most `most` words.
void Composer::scene(const Kind& kind, int most) {
  reserved_ = std::max(0, left_ - most);
  subject(kind);
  place(kind);
  if (!named_time_) {
    piece(maybe(33, List::when));
  }
  named_time_ = false;
  reserved_ = 0;
}

void Composer::first_scene() {
  const Kind& kind = marked_subject_ != nullptr ? kThing : *kKinds[choice_.below(kKinds.size())];
  const bool sentence = shape_ != Shape::tags && marked_subject_ == nullptr;
  if (sentence && left_ > 4 && choice_.percent(56)) {
    const List list = kind.alive && choice_.percent(45) ? List::lead : genre_->lead;
    if (const Phrase* lead = choice_.phrase(list, left_ - 3)) {
      put(*lead);
    }
  } else if (sentence && left_ > 10 && choice_.percent(14)) {
    if (const Phrase* when = choice_.phrase(List::when, left_ - 6)) {
      put(*when);
      out_ += ',';
      named_time_ = true;
    }
  }
  scene(kind, left_ < 12 ? left_ : choice_.between(9, 21));
}

// A long prompt adds further scenes until few words are left for the terms.
void Composer::farther_scenes() {
  constexpr int kShortestScene = 6;
  const int rest = shape_ == Shape::tags ? choice_.between(14, 36) : choice_.between(6, 22);
  while (left_ > rest + kShortestScene) {
    separate(shape_ == Shape::sentences ? ". " : ", ");
    const std::size_t begin = out_.size();
    if (const Phrase* farther = choice_.phrase(List::farther, left_ - kShortestScene)) {
      put(*farther);
      out_ += farther->words > 2 && choice_.percent(60) ? "" : ",";
    }
    const Shape shape = std::exchange(shape_, shape_ == Shape::tags ? Shape::scene : shape_);
    scene(*kKinds[choice_.below(kKinds.size())], choice_.between(8, 18));
    shape_ = shape;
    if (shape_ == Shape::sentences) {
      out_[begin] = upper(out_[begin]);
    }
  }
}

void Composer::marked_term() {
  if (marked_term_ != nullptr) {
    separate(between_terms_);
    left_ += marked_term_->words;
    put(*std::exchange(marked_term_, nullptr));
  }
}

bool Composer::idiom() {
  const Phrase* school = named_school_ ? nullptr : choice_.phrase(List::school, left_ - 1);
  if (school == nullptr) {
    return false;
  }
  separate(between_terms_);
  if (const Phrase* idiom = choice_.phrase(List::idiom, left_ - school->words)) {
    put(*idiom);
  }
  put(*school);
  named_school_ = true;
  return true;
}

// Writes "by Monet", and sometimes "by Monet and Turner".
bool Composer::artist() {
  constexpr std::string_view kBy = "by ";
  const Phrase* first = named_artist_ ? nullptr : choice_.phrase(List::artist, left_);
  if (first == nullptr) {
    return false;
  }
  separate(between_terms_);
  named_artist_ = true;
  put(*first);
  if (const Phrase* second = maybe(28, List::artist)) {
    word("and");
    word(second->text.substr(kBy.size()));
    left_ -= second->words - 2;
  }
  return true;
}

bool Composer::term(List list) {
  if (list == List::idiom) {
    return idiom();
  }
  if (list == List::artist) {
    return artist();
  }
  const Phrase* phrase = choice_.phrase(list == List::lead ? genre_->term : list, left_);
  if (phrase == nullptr) {
    return false;
  }
  separate(between_terms_);
  if (emphasis_percent_ == 0 || !choice_.percent(emphasis_percent_)) {
    put(*phrase);
    return true;
  }
  constexpr std::array<std::array<std::string_view, 2>, 5> kMarks = {
      {{"(", ")"}, {"((", "))"}, {"(", ":1.2)"}, {"(", ":1.3)"}, {"[", "]"}}};
  const auto& [open, close] = kMarks[choice_.below(kMarks.size())];
  out_ += open;
  out_ += phrase->text;
  out_ += close;
  left_ -= phrase->words;
  return true;
}

void Composer::terms() {
  const auto& order = kOrders[choice_.below(kOrders.size())];
  std::size_t at = choice_.below(kOrderSize);
  std::size_t failures = 0;
  if (choice_.percent(60)) {
    marked_term();
  }
  while (left_ > 0) {
    failures = term(order[at % kOrderSize]) ? 0 : failures + 1;
    at += 1 + (choice_.below(5) >> 1);  // moves on to one of the next three
    check(failures < 4 * kOrderSize, "the corpus ran out of terms");
  }
  marked_term();
}

void Composer::remarks() {
  while (left_ > 0) {
    const Phrase* remark = choice_.phrase(List::remark, left_);
    if (remark == nullptr) {
      terms();
      return;
    }
    separate(". ");
    put(*remark);
  }
}

void Composer::choose_shape(bool keyword) {
  if (keyword) {
    if (choice_.percent(50)) {
      marked_subject_ = choice_.phrase(List::marked_subject, left_);
    } else {
      marked_term_ = choice_.phrase(List::marked_term, left_);
      left_ -= marked_term_->words;
    }
  }
  const std::uint32_t shape = choice_.below(100);
  if (shape >= 78 && marked_term_ == nullptr) {
    shape_ = Shape::sentences;
  } else if (shape >= 50) {
    shape_ = Shape::tags;
  }
  constexpr std::array<std::size_t, 8> kGenreShares = {0, 0, 0, 1, 1, 1, 2, 2};
  genre_ = &kGenres[kGenreShares[choice_.below(kGenreShares.size())]];
  between_terms_ = choice_.percent(95) ? ", " : "; ";
  emphasis_percent_ = choice_.percent(5) ? 25 : 0;
}

// Letter case and the final full stop vary as people's habits do.
void Composer::finish() {
  const std::uint32_t habit = choice_.below(100);
  const bool sentences = shape_ == Shape::sentences;
  if (habit < (sentences ? 22U : 42U)) {
    std::transform(out_.begin(), out_.end(), out_.begin(), lower);
  } else if (sentences || habit > 72) {
    out_.front() = upper(out_.front());
  }
  if (choice_.percent(sentences ? 85 : 6)) {
    out_ += '.';
  }
}

void Composer::run(bool keyword) {
  choose_shape(keyword);
  if (left_ > 0) {
    first_scene();
    farther_scenes();
  }
  if (shape_ == Shape::sentences && choice_.percent(65)) {
    remarks();
  } else {
    terms();
  }
  check(left_ == 0, "a prompt of the corpus has as many words as were drawn");
  finish();
}

}  // namespace

void compose(RandomStream random, std::uint64_t id, int words, bool keyword, std::string& out) {
  out.clear();
  Composer(random, id, words, out).run(keyword);
}

}  // namespace gsa::prompts
