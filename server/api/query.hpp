// Reading a request's query, path and caller, with the messages of the order system's API (class-validator's words).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"
#include "server/participants/user.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

// The caller, as the engine sees it. Precondition: the route is not open to anyone.
Actor actor_of(const http::Request& request);

// `forbidden` for customers: merchants, admins and guests set stock.
Result<void> may_set_stock(const http::Request& request);

// The user to whose objects the caller is restricted; none for an admin.
std::optional<UserId> owner_filter(const http::Request& request);

// The {id} of the path as an id, also as a checkout shows that of its saga ("SAGA-<id>"): "Validation failed (uuid is
// expected)".
Result<Uuid> uuid_parameter(const http::Request& request, std::string_view name);

// A {name} of the path that is any text without control characters, at most 256 bytes.
Result<std::string> text_parameter(const http::Request& request, std::string_view name);

// Reads query parameters and reports all faults at once.
class QueryReader {
 public:
  explicit QueryReader(const http::Request& request) : request_(request) {}

  bool has(std::string_view name) const { return request_.query_value(name).has_value(); }
  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max);
  bool boolean(std::string_view name);  // absent: false
  std::string text(std::string_view name);
  std::optional<Timestamp> time(std::string_view name);
  std::optional<Duration> duration(std::string_view name);
  std::optional<Uuid> uuid(std::string_view name);
  std::optional<IdRange> ids(std::string_view name);  // all ids with that prefix

  // Every value of `name` and of `name[]`; each may be a list with commas.
  template <class Enum>
  std::vector<Enum> any_of(std::string_view name) {
    std::vector<Enum> values;
    for (const std::string& word : words(name)) {
      if (const auto value = from_string<Enum>(word))
        values.push_back(*value);
      else
        not_one_of(name, Spelling<Enum>::names);
    }
    return values;
  }
  template <class Enum>
  std::optional<Enum> one_of(std::string_view name) {
    const auto values = any_of<Enum>(name);
    if (values.size() > 1) fault(std::string(name) + " must be given once");
    return values.empty() ? std::nullopt : std::optional(values.front());
  }

  void fault(std::string message) { faults_.push_back(std::move(message)); }
  Result<void> finish();

 private:
  std::vector<std::string> words(std::string_view name) const;
  void not_one_of(std::string_view name, std::span<const std::string_view> choices);

  const http::Request& request_;
  std::vector<std::string> faults_;
};

// `page` and `limit`, or `cursor` and `limit`.
struct PageRequest {
  std::int64_t number = 1;
  std::int64_t limit = 10;
  std::optional<OrderId> after;
  bool count = true;  // false: the total is not wanted

  Page page() const {
    Page page{(number - 1) * limit, limit, after};
    page.count = count;
    return page;
  }
};
inline constexpr std::int64_t page_limit_max = 1000;
PageRequest read_page(QueryReader& query, std::int64_t default_limit = 10, std::int64_t limit_max = page_limit_max);

// Adds total, page, limit, totalPages and nextCursor (null on the last page) to an answer. Total and totalPages are
// null when they were not wanted.
void add_page(Json& body, const PageRequest& page, const FlowPage& found);

}  // namespace sagactl::api
