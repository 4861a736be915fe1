#include "cli/client/saga_wait.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/client/json_answer.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {
namespace {

constexpr Duration interval_first = 20ms;
constexpr Duration interval_max = 500ms;

}  // namespace

bool is_final_status(std::string_view saga_status) {
  const auto status = from_string<SagaStatus>(saga_status);
  return status && is_terminal(*status);
}

Result<Json> wait_for_end(NodeClient& client, const std::string& id, Duration limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const std::string path = "/sagas/correlation/" + percent_encode(id);
  for (Duration interval = interval_first;; interval = std::min(interval * 2, interval_max)) {
    auto saga = client.get(path);
    if (!saga || is_final_status(text_member(*saga, "status")) || std::chrono::steady_clock::now() >= until)
      return saga;
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace sagactl
