#pragma once

// Who is meant by `gsa forget USER`.

#include <cstdint>
#include <string>
#include <vector>

#include "assets/forgotten.h"
#include "assets/state.h"
#include "duck/database.h"
#include "pipeline/private_texts.h"
#include "pipeline/remaining_rows.h"

namespace gsa::pipeline {

struct Person {
  std::int64_t user_id = 0;
  std::string name;      // in raw_users; empty if simulated
  std::string hash;      // in ops.forgotten
  std::string key = {};  // in the source, if that is known and `name` is hashed

  std::vector<std::string> names() const;  // those that are not empty
};

struct NamedPersons {
  std::vector<Person> persons;      // without duplicates
  std::vector<std::string> hashes;  // of those named who are forgotten already
};

// A name is the user's key in the source, also where users are hashed, or the hashed key, or the
// user's id. Throws Error if there is no such user.
NamedPersons find_persons(duck::Connection& connection, const assets::State& state,
                          const std::vector<std::string>& names);

// The hash of a forgotten user who is in force and goes by that name, or whose hash begins with it;
// "" if there is none.
std::string forgotten_as(duck::Connection& connection,
                         const std::vector<assets::ForgottenRecord>& records,
                         const std::string& name);

// What names them or was written by them.
PrivateTexts texts_of(duck::Connection& connection, const std::vector<Person>& persons,
                      const RowsOfUsers& rows);

}  // namespace gsa::pipeline
