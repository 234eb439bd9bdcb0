#include "assets/run_records.h"

#include <array>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

template <typename Status>
struct Word {
  Status status;
  std::string_view word;
};

constexpr std::array<Word<StepStatus>, 8> kStepWords = {{
    {StepStatus::running, "running"},
    {StepStatus::success, "success"},
    {StepStatus::fresh, "fresh"},
    {StepStatus::warn, "warn"},
    {StepStatus::fail, "fail"},
    {StepStatus::error, "error"},
    {StepStatus::skipped, "skipped"},
    {StepStatus::interrupted, "interrupted"},
}};

constexpr std::array<Word<CheckStatus>, 5> kCheckWords = {{
    {CheckStatus::pass, "pass"},
    {CheckStatus::warn, "warn"},
    {CheckStatus::fail, "fail"},
    {CheckStatus::error, "error"},
    {CheckStatus::skipped, "skipped"},
}};

constexpr std::array<Word<RunStatus>, 4> kRunWords = {{
    {RunStatus::running, "running"},
    {RunStatus::success, "success"},
    {RunStatus::failed, "failed"},
    {RunStatus::interrupted, "interrupted"},
}};

template <typename Words, typename Status>
std::string_view word_of(const Words& words, Status status) {
  for (const auto& [known, word] : words) {
    if (known == status) return word;
  }
  return "";
}

template <typename Words>
auto status_of_word(const Words& words, std::string_view table, std::string_view word) {
  for (const auto& [status, known] : words) {
    if (known == word) return status;
  }
  throw Error(fmt::format("ops.{} has a row with the status '{}', which this gsa does not know",
                          table, word),
              "read it with the gsa that wrote it");
}

}  // namespace

std::string utc_text(const std::optional<WallTime>& time) {
  if (!time) return "";
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::string_view name_of(StepStatus status) { return word_of(kStepWords, status); }
std::string_view name_of(CheckStatus status) { return word_of(kCheckWords, status); }
std::string_view name_of(RunStatus status) { return word_of(kRunWords, status); }

StepStatus step_status(std::string_view word) { return status_of_word(kStepWords, "steps", word); }
CheckStatus check_status(std::string_view word) {
  return status_of_word(kCheckWords, "checks", word);
}
RunStatus run_status(std::string_view word) { return status_of_word(kRunWords, "runs", word); }

std::string label(const std::string& name, const std::string& partition) {
  return to_string(Unit{name, partition});
}

std::string options_text(const std::vector<RunOption>& options) {
  std::vector<std::string> words;
  std::string_view last;
  for (const RunOption& option : options) {
    const bool goes_on = option.name == last;
    if (!option.name.empty() && !goes_on) words.push_back(option.name);
    if (!option.value.empty()) words.push_back(option.value);
    last = option.name;
  }
  return join(words, " ");
}

std::string_view severity_of(bool blocks) { return blocks ? "error" : "warn"; }

}  // namespace gsa::assets
