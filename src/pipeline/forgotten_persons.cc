#include "pipeline/forgotten_persons.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/raw_assets.h"
#include "telemetry/mapping.h"

namespace gsa::pipeline {
namespace {

constexpr std::size_t kShortestHash = 8;  // digits by which --list names a user

// Whether the published keys are hashed ones (--hash-users).
bool are_hashed(const assets::State& state) {
  const auto prompts = state.published.find({"raw_prompts", ""});
  if (prompts == state.published.end()) return false;
  const auto mapping = prompts->second.metadata.find("mapping");
  if (mapping == prompts->second.metadata.end()) return false;
  const telemetry::Mapping read = telemetry::read_mapping("the mapping on record", mapping->second);
  const telemetry::SignalSource* user = read.find(telemetry::Signal::user);
  return user != nullptr && user->hash;
}

std::vector<Person> persons_where(duck::Connection& connection, bool hashed,
                                  const std::string& where) {
  const duck::Result found =
      connection.query(fmt::format("select user_id, user_name, {} from main.raw_users where {}",
                                   fmt::format("if(user_name is null, {}, {})",
                                               forgotten_hash(simulated_user_key("user_id"), false),
                                               forgotten_hash("user_name", hashed)),
                                   where));
  std::vector<Person> persons;
  for (std::size_t r = 0; r < found.rows(); ++r) {
    persons.push_back({found.int64(r, 0), found.text(r, 1), found.text(r, 2)});
  }
  return persons;
}

}  // namespace

NamedPersons find_persons(duck::Connection& connection, const assets::State& state,
                          const std::vector<std::string>& names) {
  if (published_raw_assets(state).size() != 3) {
    throw Error("the warehouse has no users that gsa run read or made",
                "gsa run makes its raw tables; those of other programs are theirs to clean");
  }
  const bool hashed = are_hashed(state);
  const std::vector<assets::ForgottenRecord> records = assets::forgotten_records(connection);
  NamedPersons named;
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    const std::string text = sql_quote(name);
    std::vector<Person> found =
        persons_where(connection, hashed, fmt::format("user_name in ({0}, sha256({0}))", text));
    for (Person& person : found) {
      if (person.name != name) person.key = name;
    }
    if (found.empty()) {
      found = persons_where(connection, hashed, fmt::format("user_id::varchar = {}", text));
    }
    for (Person& person : found) {
      const bool is_new =
          std::ranges::find(named.persons, person.user_id, &Person::user_id) == named.persons.end();
      if (is_new) named.persons.push_back(std::move(person));
    }
    if (!found.empty()) continue;
    const std::string hash = forgotten_as(connection, records, name);
    if (hash.empty()) {
      unknown.push_back(name);
    } else {
      named.hashes.push_back(hash);
    }
  }
  if (unknown.empty()) return named;
  throw Error(
      fmt::format("the warehouse has no such user: {}", join(unknown, ", ")),
      "gsa sql \"select user_id, user_name from raw_users\" shows who there is; nothing was "
      "changed");
}

std::string forgotten_as(duck::Connection& connection,
                         const std::vector<assets::ForgottenRecord>& records,
                         const std::string& name) {
  const std::string text = sql_quote(name);
  const duck::Result hashes = connection.query(
      fmt::format("select {}, {}, {}", forgotten_hash(text, false), forgotten_hash(text, true),
                  forgotten_hash(simulated_user_key(text), false)));
  for (const assets::ForgottenRecord& record : records) {
    if (!record.lifted_at.empty()) continue;
    for (std::size_t c = 0; c < hashes.columns(); ++c) {
      if (record.hash == hashes.text(0, c)) return record.hash;
    }
    if (name.size() >= kShortestHash && record.hash.starts_with(name)) return record.hash;
  }
  return "";
}

std::vector<std::string> Person::names() const {
  std::vector<std::string> names = {name, key};
  std::erase(names, "");
  return names;
}

PrivateTexts texts_of(duck::Connection& connection, const std::vector<Person>& persons,
                      const RowsOfUsers& rows) {
  PrivateTexts texts;
  for (const Person& person : persons) {
    for (const std::string& name : person.names()) texts.add(name);
  }
  const std::string of_generations = rows.by("user_id");
  connection.stream_text(
      fmt::format("select unnest([generation_key, session_key]) from main.raw_generations where {} "
                  "union select unnest([prompt, negative_prompt]) from main.raw_prompts where {}",
                  of_generations, rows.by("prompt_id")),
      [&](const auto& row) {
        if (row[0]) texts.add(*row[0]);
        return true;
      });
  return texts;
}

}  // namespace gsa::pipeline
