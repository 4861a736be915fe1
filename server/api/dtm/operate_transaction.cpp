// What operators of DTM do to a transaction, and what its clients ask of the server itself.
#include <fmt/format.h>

#include "common/crypto.hpp"
#include "server/api/dtm/dtm_answer.hpp"
#include "server/api/dtm/find_transaction.hpp"
#include "server/api/dtm/go_json.hpp"
#include "server/api/dtm/handlers.hpp"
#include "server/api/dtm/render_transaction.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"

namespace sagactl::api {
namespace {

Result<std::string> gid_in(const Request& request) {
  const auto json = parse_go_object(request.body);
  if (!json) return json.error();
  GoObject body(*json);
  std::string gid = body.text("gid");
  if (const auto valid = body.finish(); !valid) return valid.error();
  if (gid.empty()) return Error{ErrorCode::invalid, "the body has no gid"};
  return gid;
}

// 22 digits of the base 57, without those that people mistake for others: more than 128 bits.
std::string random_gid() {
  constexpr std::string_view digits = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  constexpr std::size_t length = 22;
  std::string gid;
  while (gid.size() < length)
    for (const char byte : random_bytes(length)) {
      const std::size_t value = static_cast<unsigned char>(byte);
      const bool is_even = value < 256 / digits.size() * digits.size();  // each digit is equally likely
      if (is_even && gid.size() < length) gid += digits[value % digits.size()];
    }
  return gid;
}

}  // namespace

Answer new_gid(Context&, Request&) {
  return dtm_success(Json{{"gid", random_gid()}});
}

Answer dtm_version(Context& context, Request&) {
  return dtm_object(Json{{"version", "sagactl " + context.options.version}});
}

Answer dtm_ping(Context&, Request&) {
  return dtm_object(Json{{"msg", "pong"}});
}

awaitable<Answer> force_stop_transaction(Context& context, Request& request) {
  const auto gid = gid_in(request);
  if (!gid) co_return gid.error();
  const Result<Flow> flow = co_await existing_transaction(context, *gid);
  if (!flow) co_return flow.error();
  Command command = StopSagaRequest{flow->saga->id, actor_of(request), "stopped by forceStop"};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (receipt) co_return dtm_success();
  if (receipt.error().code != ErrorCode::conflict) co_return receipt.error();
  co_return dtm_failure(fmt::format("the transaction {} has ended; it cannot be stopped", *gid));
}

awaitable<Answer> reset_next_cron_time(Context& context, Request& request) {
  const auto gid = gid_in(request);
  if (!gid) co_return gid.error();
  const Result<Flow> flow = co_await existing_transaction(context, *gid);
  if (!flow) co_return flow.error();
  Command command = TryNowRequest{flow->saga->id};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  // One that has ended is due as well, and does nothing.
  if (receipt || receipt.error().code == ErrorCode::conflict) co_return dtm_success();
  co_return receipt.error();
}

}  // namespace sagactl::api
