#include "server/api/orders/submit.hpp"

#include "server/http/await.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using Settled = std::optional<Result<Receipt>>;

Error out_of_time() {
  return Error{
      ErrorCode::unknown_outcome,
      "the database has not answered in time; the request may still come into effect: ask before sending it "
      "again, or send it with the same Idempotency-Key"};
}

}  // namespace

awaitable<Result<Receipt>> submit(Context& context, const http::Request& request, Command command) {
  auto start = [&context, &command](std::function<void(Result<Receipt>)> done) {
    context.engine.submit(std::move(command), std::move(done));
  };
  Settled settled = co_await http::await_callback_until<Result<Receipt>>(start, request.deadline);
  if (!settled) co_return out_of_time();
  co_return std::move(*settled);
}

awaitable<Result<Receipt>> submit_order(Context& context, const http::Request& request, PlaceOrder command) {
  auto start = [&context, &command](std::function<void(Result<Receipt>)> done) {
    context.admission.place(std::move(command), std::move(done));
  };
  Settled settled = co_await http::await_callback_until<Result<Receipt>>(start, request.deadline);
  if (!settled) co_return out_of_time();
  co_return std::move(*settled);
}

}  // namespace sagactl::api
