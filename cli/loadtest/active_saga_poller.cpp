#include "cli/loadtest/active_saga_poller.hpp"

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"

namespace sagactl {
namespace {

constexpr Duration interval = 1s;

}  // namespace

ActiveSagaPoller::ActiveSagaPoller(const Invocation& invocation)
    : thread_([this, &invocation](const std::stop_token& stop) {
        auto client = NodeClient::open(invocation);
        while (client && !stop.stop_requested()) {
          const auto answer = client->get("/saga/active?limit=1");
          active_ = answer && json_member(*answer, "count").is_number() ? integer_member(*answer, "count") : -1;
          if (!pause(stop, interval)) return;
        }
      }) {}

}  // namespace sagactl
