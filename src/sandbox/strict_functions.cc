#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "sandbox/guard.h"

namespace gsa::sandbox {
namespace {

// Each function takes time and memory proportional to its arguments, reads nothing else, and
// changes nothing. We leave out harmless functions that repeat or pad (repeat, lpad, printf, range
// as a list, array_to_string …), that double texts when nested (hex, base64, url_encode …), and
// that compare two long texts in time proportional to the product of their lengths (levenshtein …).
constexpr const char* kFunctions = R"(
+ - * / // % ** ^ & | << >> ~ ! || @ ^@ && @> <@ <-> <=> ->  ->>
~~ !~~ ~~* !~~* ~~~ ilike_escape like_escape not_ilike_escape not_like_escape
abs ceil ceiling floor round trunc sign sqrt cbrt ln log log2 log10 exp pow power mod greatest least
degrees radians sin cos tan asin acos atan atan2 sinh cosh tanh cot pi even gcd lcm factorial gamma
lgamma isnan isinf isfinite signbit nextafter bit_count xor add subtract multiply divide fdiv fmod
hash random
count count_star count_if sum avg mean min max any_value arbitrary first last median mode product
fsum kahan_sum favg geomean geometric_mean sum_no_overflow
quantile quantile_cont quantile_disc approx_count_distinct approx_quantile reservoir_quantile
stddev stddev_pop stddev_samp variance var_pop var_samp sem skewness kurtosis kurtosis_pop entropy
corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
regr_sxy regr_syy mad
arg_min arg_max argmin argmax min_by max_by arg_min_null arg_max_null
bool_and bool_or bit_and bit_or bit_xor string_agg group_concat listagg list array_agg
row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value
nth_value
lower upper lcase ucase length len strlen char_length character_length bit_length octet_length
trim ltrim rtrim left right left_grapheme right_grapheme substr substring substring_grapheme
length_grapheme split_part split string_split str_split string_to_array regexp_matches
regexp_full_match regexp_extract regexp_extract_all regexp_split_to_array string_split_regex
str_split_regex starts_with prefix ends_with suffix contains position strpos instr reverse ascii chr
unicode ord md5 sha1 sha256 concat concat_ws strip_accents translate replace nfc_normalize
array_extract array_slice list_slice list_extract list_element list_contains list_has array_contains
array_has list_position list_indexof array_position array_indexof list_sort array_sort list_reverse_sort
array_reverse_sort list_distinct array_distinct list_unique array_unique list_sum list_avg list_min
list_max list_count list_median list_any_value list_first list_last list_value list_pack list_concat
list_cat array_concat array_cat array_length list_has_any list_has_all array_has_any array_has_all
list_intersect flatten unnest generate_subscripts cardinality map map_extract element_at map_keys
map_values map_entries map_contains struct_extract struct_extract_at struct_pack row
json_extract json_extract_string json_extract_path json_extract_path_text json_array_length json_type
json_valid json_keys json_exists json_value
date_trunc datetrunc date_part datepart date_diff datediff date_sub datesub date_add strftime strptime
try_strptime century decade millennium year quarter month week weekofyear yearweek isoyear day
dayofmonth dayofweek dayofyear weekday isodow dayname monthname hour minute second millisecond
microsecond nanosecond last_day epoch epoch_ms epoch_us epoch_ns era make_date make_time
make_timestamp make_timestamp_ms make_timestamp_ns to_timestamp to_centuries to_decades to_days
to_hours to_microseconds to_milliseconds to_minutes to_months to_quarters to_seconds to_weeks
to_years time_bucket age now today current_date get_current_timestamp
get_current_time current_localtime current_localtimestamp timezone timezone_hour timezone_minute
julian
nullif typeof pg_typeof uuid gen_random_uuid
enum_code enum_range enum_first enum_last
)";

std::vector<std::string> listed_functions() {
  std::vector<std::string> names;
  std::istringstream words(kFunctions);
  for (std::string word; words >> word;) names.push_back(word);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const std::vector<std::string>& harmless_functions() {
  static const std::vector<std::string> names = listed_functions();
  return names;
}

}  // namespace gsa::sandbox
