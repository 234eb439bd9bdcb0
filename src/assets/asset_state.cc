#include "assets/asset_state.h"

namespace gsa::assets {

std::string_view name_of(Validity validity) {
  switch (validity) {
    case Validity::unknown:
      return "";
    case Validity::source:
      return "source";
    case Validity::fresh:
      return "fresh";
    case Validity::stale:
      return "stale";
    case Validity::never_made:
      return "never made";
  }
  return "";
}

}  // namespace gsa::assets
