#include "cli/client/saga_wait.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/client/json_answer.hpp"
#include "cli/flag.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {
namespace {

constexpr Duration poll_interval_first = 20ms;
constexpr Duration poll_interval_max = 500ms;

}  // namespace

bool is_final_status(std::string_view saga_status) {
  const auto status = from_string<SagaStatus>(saga_status);
  return status && is_terminal(*status);
}

Result<Json> wait_for_end(NodeClient& client, const std::string& id, Duration limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const std::string path = "/sagas/correlation/" + percent_encode(id);
  for (Duration interval = poll_interval_first;; interval = std::min(interval * 2, poll_interval_max)) {
    auto saga = client.get(path);
    if (!saga || is_final_status(text_member(*saga, "status")) || std::chrono::steady_clock::now() >= until)
      return saga;
    std::this_thread::sleep_for(interval);
  }
}

void add_wait_flag(CLI::App& app, std::optional<Duration>& wait) {
  const auto take = [&wait](const std::string& text) -> Result<void> {
    auto duration = parse_duration(text.empty() ? "10s" : text);  // CLI11 passes "" for the flag without a value
    if (!duration) return duration.error();
    wait = *duration;
    return {};
  };
  add_flag_with(app, "--wait", take, "[DURATION]", "Wait until the saga has ended, at most DURATION [10s]").takes(0, 1);
  set_footer(app,
             "Exit codes with --wait: 0 saga completed, 1 saga compensated or failed, 2 saga has not ended in time.");
}

}  // namespace sagactl
