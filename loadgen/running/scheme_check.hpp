// Ends a load that no server accepts, since it is sent by http:// and the server speaks https.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "loadgen/run.hpp"

namespace sagactl {

// One thread. A server is asked only once something has failed and nothing was accepted, and no more than once: a load
// that is answered sends nothing but what its profile says.
class SchemeCheck {
 public:
  // `options` outlives it. `stop` ends the load as well.
  SchemeCheck(const LoadOptions& options, const std::stop_token& stop);

  std::stop_token stop() const { return source_.get_token(); }
  // Given the progress of the load, and its result. May take a second.
  void look(const LoadProgress& now);
  void look(const RunResult& load);
  // `unavailable` with the address to write. None: the scheme is right, or is not known to be wrong.
  const std::optional<Error>& wrong_scheme() const { return wrong_; }

 private:
  void look();

  const LoadOptions& options_;
  std::stop_source source_;
  std::stop_callback<std::function<void()>> on_stop_;
  bool has_looked_ = false;
  std::optional<Error> wrong_;
};

}  // namespace sagactl
