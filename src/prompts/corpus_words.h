#pragma once

// The words of the synthetic corpus, all written for this project: lists of phrases, by their role
// in a prompt. These files hold only text; corpus_vocabulary.h parses it.
//
// Every list must keep these rules. Commas separate phrases, one space separates the words of a
// phrase. Nouns omit the single words "a" and "an", which the grammar adds. Only the marked lists
// contain words that begin with a safety keyword. Names are those of schools, of periods, and of
// people long dead.

#include <cstddef>
#include <string_view>

namespace gsa::prompts {

enum class List : std::size_t {
  // Who and what: four kinds of subject, each with its adjectives, details and actions.
  person,  // nouns without article: "lighthouse keeper"
  person_adjective,
  person_detail,  // "with silver hair"
  person_action,  // "mending a net"
  company,        // several people, article included: "two sisters"
  company_action,
  creature,
  creature_adjective,
  creature_detail,
  creature_action,
  herd,  // several animals, article included
  herd_action,
  thing,
  thing_adjective,
  thing_detail,
  thing_action,
  place,
  place_adjective,
  place_detail,
  place_action,
  landmark,  // places that a subject cannot be in: "bridge"
  // Where and when.
  where,    // "at the edge of a frozen lake"
  beside,   // precedes a place: "in", "not far from"
  when,     // "at first light"
  farther,  // leads from one scene to the next: "in the foreground"
  lead,     // for a person or an animal in any medium; ends in "of": "a close-up of"
  // How: three media, each with its leads and its terms.
  photo_lead,
  photo_term,
  paint_lead,
  paint_term,
  render_lead,
  render_term,
  // How, for all media.
  style,   // "art nouveau"
  idiom,   // precedes a school: "in the manner of"
  school,  // "a Flemish still life"
  artist,  // "by Rembrandt"
  lighting,
  colour,
  composition,
  mood,
  texture,
  quality,
  remark,  // whole sentences, without their full stop: "The light is low and golden"
  // Texts with a safety keyword; no other list has one.
  marked_subject,  // article included
  marked_term,
  count
};

inline constexpr std::size_t kListCount = static_cast<std::size_t>(List::count);

// The phrases of a list. Each function has about half of the lists and returns "" for the others.
std::string_view subject_words(List list);  // who, what, where and when
std::string_view style_words(List list);    // how it looks

}  // namespace gsa::prompts
