// A page of a list of sagas, as the query of GET /sagas asks for it. It can be read again and again: what is relative
// to the present, such as `stuck`, moves on.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/api/operations/saga_filter.hpp"
#include "server/api/query.hpp"

namespace sagactl::api {

class SagaList {
 public:
  // A validation error names all that is wrong with the query. `others` are names in it with a meaning of their own.
  static Result<SagaList> parse(const http::Request& request, std::span<const std::string_view> others = {});

  // Whether it is of one customer, and so short.
  bool is_of_one_user() const { return is_of_one_user_; }
  bool is_counted() const { return page_.count; }
  std::int64_t limit() const { return page_.limit; }

  // Blocks on the database. With `count` the total is counted, if it is wanted at all.
  Result<FlowPage> find(Queries& queries, bool count = true) const;
  // The body of the answer. Takes some milliseconds for a long page: not for the thread of the connections.
  std::string text(const FlowPage& found) const;

 private:
  SagaList(http::Request asked, PageRequest page, bool is_of_one_user)
      : asked_(std::move(asked)), page_(page), is_of_one_user_(is_of_one_user) {}

  http::Request asked_;  // its query and its caller alone
  PageRequest page_;
  bool is_of_one_user_;
};

}  // namespace sagactl::api
