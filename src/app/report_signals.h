#pragma once

// Where the signals of the published rows come from: observed, estimated, simulated or unknown.

#include <string>
#include <utility>
#include <vector>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::app {

struct SignalOrigins {
  std::string name;
  std::vector<std::pair<std::string, double>> shares;  // of the rows by origin, largest first
};

// In the order of their places. Reads the dimensions of a bound layer that say they are signals.
std::vector<SignalOrigins> signal_origins(duck::Connection& connection,
                                          const semantic::Layer& layer);

// {"latency":{"unknown":1},"status":{"observed":0.5,"unknown":0.5}}
std::string json_signals(const std::vector<SignalOrigins>& signals);

// "Observed: users, times. Unknown: cost. Of several origins: status (60.0 % observed, 40.0 %
// simulated)."; empty if everything is simulated.
std::string signals_text(const std::vector<SignalOrigins>& signals);

}  // namespace gsa::app
