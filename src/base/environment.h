#pragma once

// The variables of the environment that a command runs in: the process's own, or those of another
// process whose command a server carries out. A value; cheap to copy.

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace gsa {

class Environment {
 public:
  Environment() = default;  // the process's
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(
            std::make_shared<const std::map<std::string, std::string>>(std::move(variables))) {}

  // Nothing where the variable is not set; one that is set to nothing is "".
  std::optional<std::string> find(const std::string& name) const;
  // Those whose names begin so.
  std::map<std::string, std::string> with_prefix(const std::string& prefix) const;
  // find(), where unset and empty mean the same.
  std::string text(const std::string& name) const { return find(name).value_or(""); }

 private:
  std::shared_ptr<const std::map<std::string, std::string>> variables_;  // null: the process's
};

}  // namespace gsa
