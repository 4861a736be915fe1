#include "server/api/dtm/find_transaction.hpp"

#include <fmt/format.h>

#include "server/saga/definition.hpp"

namespace sagactl::api {

boost::asio::awaitable<Result<std::optional<Flow>>> find_transaction(Context& context, std::string gid) {
  auto read = [&queries = context.queries, gid = std::move(gid)] {
    return queries.saga_by_key(std::string(dtm_key_space), gid);
  };
  co_return co_await context.query_threads.run(std::move(read));
}

boost::asio::awaitable<Result<Flow>> existing_transaction(Context& context, std::string gid) {
  Result<std::optional<Flow>> found = co_await find_transaction(context, gid);
  if (!found) co_return found.error();
  if (!*found) co_return Error{ErrorCode::not_found, fmt::format("there is no transaction with the gid {}", gid)};
  co_return std::move(**found);
}

}  // namespace sagactl::api
