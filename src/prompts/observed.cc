#include "prompts/observed.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/hash.h"
#include "duck/function.h"
#include "prompts/row_set.h"
#include "prompts/sampling.h"

namespace gsa::prompts {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

constexpr std::int64_t kMinuteUs = 60'000'000;
// An image that the service blurred has this image_nsfw instead of a probability.
constexpr int kBlurred = 2;
// Rows per request that the first reading for a sample assumes: most requests of Discord's bot made
// 1 to 9 images. Too few cost a second reading, too many only read a few rows in vain.
constexpr double kLikelyImages = 6;

// SQL: the hash that identifies a known user; null for an unknown one.
constexpr std::string_view kUserKey = "gsa_user_key(user_name)";

// SQL: the random key that decides when a row's user, or the minute of an unknown user, is drawn.
std::string unit_key(std::uint64_t seed) {
  return fmt::format("gsa_sample_key({}::ubigint, coalesce({}, epoch_us(asked_at) // {}))", seed,
                     kUserKey, kMinuteUs);
}

// The rows that count, with hashes in place of texts.
std::string select_rows(const SourceRows& source, std::uint64_t seed) {
  return fmt::format(
      "select prompt_id::integer as id, {} as unit, {} as user_key, "
      "gsa_text_hash(prompt) as prompt_key, gsa_text_hash(image_name) as image_key, "
      "coalesce(gsa_has_words(prompt), false) as has_words, asked_at, seed_key, step, cfg, "
      "sampler, width, height, case when not isnan(image_nsfw) then image_nsfw end as image_nsfw "
      "from ({}) where asked_at is not null",
      unit_key(seed), kUserKey, source.select());
}

// A bound on the key with at least `rows` rows below or at it.
std::uint64_t bound_for(duck::Connection& connection, const TempTable& units, double rows) {
  const duck::Result found = connection.query(
      fmt::format("select unit::varchar from (select unit, sum(count(*)) over (order by unit) as "
                  "total from {} group by unit) where total >= {} order by unit limit 1",
                  units.name(), std::ceil(rows)));
  return found.rows() == 0 ? kMaxSampleKey : std::stoull(found.text(0, 0));
}

class Observation {
 public:
  Observation(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
              std::uint64_t seed)
      : connection_(connection), run_(run), source_(source), seed_(seed) {}

  Observed observe(std::int64_t wanted);

 private:
  std::int64_t count(const std::string& from) {
    return connection_.query_int64("select count(*) from " + from);
  }
  std::int64_t read(const RowSet* among);
  void find_repeated_images();
  std::uint64_t read_sample(std::int64_t wanted);
  void name_users(Observed& observed);

  duck::Connection& connection_;
  const RunQuery& run_;
  const SourceRows& source_;
  std::uint64_t seed_;
  TempTable rows_{connection_, "gsa_observed_rows"};
  TempTable repeated_{connection_, "gsa_repeated_images"};  // id, unit
  TempTable asked_{connection_, "gsa_asked"};               // requests, with the hashes
};

// Fills rows_, repeated_ and asked_ from the rows in `among`, or from all rows if null. Returns the
// number of requests.
std::int64_t Observation::read(const RowSet* among) {
  std::string select = select_rows(source_, seed_);
  if (among != nullptr) select += " and " + among->contains("prompt_id");
  run_("reading users and times", source_.rows(), rows_.create_as(select));
  find_repeated_images();
  const std::string all_but_repeated =
      count(repeated_.name()) == 0 ? "" : fmt::format("anti join {} using (id)", repeated_.name());
  run_("grouping images into requests", 0,
       asked_.create_as(fmt::format(
           "select min(id) as id, any_value(unit) as unit, user_key, prompt_key, "
           "min(asked_at) as asked_at, count(*)::integer as image_count, "
           "case when count(image_nsfw) > 0 then (count(*) filter (image_nsfw = {}))::integer end "
           "as blurred_images, "
           "hash(step, cfg, sampler, width, height, min(seed_key), max(seed_key)) "
           "as settings_key, "
           "(count(seed_key) > 0 or coalesce(step, cfg, sampler, width, height) is not null) "
           "as has_settings "
           "from {} {} where has_words "
           "group by user_key, prompt_key, epoch_us(asked_at) // {}, step, cfg, sampler, width, "
           "height",
           kBlurred, rows_.name(), all_but_repeated, kMinuteUs)));
  return count(asked_.name());
}

void Observation::find_repeated_images() {
  const duck::Result images = connection_.query(
      fmt::format("select count(image_key), count(distinct image_key) from {}", rows_.name()));
  const bool any = images.int64(0, 0) != images.int64(0, 1);
  // The window function costs more than this count, which nearly always shows that it is not
  // needed.
  connection_.execute(repeated_.create_as(fmt::format(
      "select id, unit from (select id, unit, row_number() over (partition by unit, image_key "
      "order by id) as copy from {} where {} and image_key is not null and has_words) "
      "where copy > 1",
      rows_.name(), any)));
}

// Keeps only the rows and requests of the sample. Returns a key up to which all users are in it;
// the largest possible key if nothing was left out.
std::uint64_t Observation::read_sample(std::int64_t wanted) {
  const TempTable units(connection_, "gsa_units");
  run_("drawing users", source_.rows(),
       units.create_as(fmt::format("select prompt_id::integer as id, {} as unit from ({}) "
                                   "where asked_at is not null",
                                   unit_key(seed_), source_.select())));
  double rows = kLikelyImages * static_cast<double>(wanted);
  std::uint64_t bound = bound_for(connection_, units, rows);
  const auto read_to_bound = [&] {
    if (bound == kMaxSampleKey) return read(nullptr);
    const RowSet drawn(
        connection_,
        fmt::format("select id from {} where unit <= {}::ubigint", units.name(), bound),
        source_.rows());
    return read(&drawn);
  };
  std::int64_t found = read_to_bound();
  while (found < wanted && bound != kMaxSampleKey) {
    // A quarter more than the rows per request seen so far require.
    const double shortage =
        static_cast<double>(wanted) / static_cast<double>(std::max<std::int64_t>(found, 1));
    rows *= std::max(1.5, 1.25 * shortage);
    bound = bound_for(connection_, units, rows);
    found = read_to_bound();
  }
  if (found <= wanted) return bound;
  const duck::Result last = connection_.query(fmt::format(
      "select unit::varchar from (select unit, sum(count(*)) over (order by unit) as total from {} "
      "group by unit) where total >= {} order by unit limit 1",
      asked_.name(), wanted));
  const std::string beyond = fmt::format(" where unit > {}::ubigint", last.text(0, 0));
  if (count(asked_.name() + beyond) == 0) return bound;  // the last user completes the source
  for (const TempTable* table : {&rows_, &repeated_, &asked_}) {
    connection_.execute("delete from " + table->name() + beyond);
  }
  return std::stoull(last.text(0, 0));
}

void Observation::name_users(Observed& observed) {
  run_("naming the users", 0,
       observed.users.create_as(fmt::format(
           "select (row_number() over (order by first_seen, user_name) - 1)::integer as user_id, "
           "user_name, first_seen, user_key from "
           "(select user_key, min(asked_at) as first_seen from {0} where user_key is not null "
           "group by user_key) inner join (select {1} as user_key, min(gsa_known_user(user_name)) "
           "as "
           "user_name from ({2}) group by all) using (user_key) order by user_id",
           asked_.name(), kUserKey, source_.select())));
  run_("looking for repeated prompts", 0,
       observed.requests.create_as(fmt::format(
           "select id as generation_id, user_id, asked_at as generated_at, image_count, "
           "blurred_images, has_settings, case when user_id is not null and settings_key <> "
           "lag(settings_key) "
           "over again "
           "then lag(asked_at) over again end as asked_before_at "
           "from {} as asked left join {} as users using (user_key) "
           "window again as (partition by user_id, prompt_key order by asked_at, id)",
           asked_.name(), observed.users.name())));
}

Observed Observation::observe(std::int64_t wanted) {
  Observed observed{TempTable(connection_, "gsa_requests"), TempTable(connection_, "gsa_users")};
  std::uint64_t last = kMaxSampleKey;
  if (source_.rows() > wanted) {
    last = read_sample(wanted);
  } else {
    read(nullptr);
  }
  observed.sampled = last != kMaxSampleKey;
  name_users(observed);
  observed.request_count = count(asked_.name());
  observed.user_count = count(observed.users.name());
  observed.unknown_requests = count(asked_.name() + " where user_key is null");
  observed.with_blurred = count(asked_.name() + " where blurred_images is not null");
  observed.with_settings = count(asked_.name() + " where has_settings");
  observed.blank = count(rows_.name() + " where not has_words");
  observed.repeated_images = count(repeated_.name());
  observed.odd_image_nsfw = count(fmt::format(
      "{} where not (image_nsfw between 0 and 1 or image_nsfw = {})", rows_.name(), kBlurred));
  observed.without_time = count(fmt::format("({}) where asked_at is null", source_.select()));
  return observed;
}

}  // namespace

void register_observed_functions(duck::Connection& connection) {
  duck::register_function(connection, {"gsa_text_hash",
                                       {Type::of(duck::TypeId::varchar)},
                                       Type::of(duck::TypeId::bigint),
                                       [](const Arguments& in, Output& out) {
                                         const duck::Texts texts = in.texts(0);
                                         auto* hashes = out.data<std::int64_t>();
                                         for (std::size_t row = 0; row < in.rows(); ++row) {
                                           if (texts.is_null(row)) {
                                             out.set_null(row);
                                           } else {
                                             hashes[row] =
                                                 static_cast<std::int64_t>(stable_hash(texts[row]));
                                           }
                                         }
                                       }});
}

Observed observe(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                 std::int64_t wanted, std::uint64_t seed) {
  return Observation(connection, run, source, seed).observe(wanted);
}

}  // namespace gsa::prompts
