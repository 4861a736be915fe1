#include "server/adapters/participants/breaker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/log.hpp"

namespace sagactl {

bool Breaker::admits(SteadyTime now) {
  if (!is_open_) return true;
  if (is_probing_ || now < probe_at_) return false;
  is_probing_ = true;
  return true;
}

void Breaker::succeeded(SteadyTime now) {
  is_open_ = is_probing_ = false;
  failures_ = 0;
  pause_ = pause_min;
  succeeded_at_ = now;
}

bool Breaker::failed(SteadyTime now, std::string reason, bool was_probe) {
  ++failures_;
  reason_ = std::move(reason);
  if (is_open_) {
    if (!was_probe) return false;  // it began before this opened
    is_probing_ = false;
    pause_ = std::min(2 * pause_, pause_max);
    pause(now);
    return false;
  }
  if (failures_ < failures_min || now - succeeded_at_ < failing_for) return false;
  is_open_ = true;
  pause(now);
  return true;
}

void Breaker::pause(SteadyTime now) {
  const auto half = static_cast<std::uint64_t>(pause_.count() / 2);
  probe_at_ = now + Duration{static_cast<std::int64_t>(half + random_.below(half + 1))};
}

std::string Breaker::reason() const {
  return fmt::format("not called, since the last {} calls failed ({})", failures_, reason_);
}

void log_opened(std::string_view definition, std::string_view participant, const Breaker& breaker) {
  log_warn("a participant fails; it is left alone for a while, and sagas wait for it",
           {{"definition", definition}, {"participant", participant}, {"reason", breaker.reason()}});
}

void log_closed(std::string_view definition, std::string_view participant) {
  log_info("a participant answers again", {{"definition", definition}, {"participant", participant}});
}

}  // namespace sagactl
