#include "dbt/node_status.h"

namespace gsa::dbt {

std::string to_string(Status status) {
  switch (status) {
    case Status::pass:
      return "pass";
    case Status::warn:
      return "warn";
    case Status::fail:
      return "fail";
    case Status::error:
      return "error";
    case Status::skip:
      return "skip";
    case Status::fresh:
      return "fresh";
  }
  return "";
}

}  // namespace gsa::dbt
