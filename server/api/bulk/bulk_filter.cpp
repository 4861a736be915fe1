#include <fmt/format.h>

#include "server/api/bulk/bulk_runner.hpp"
#include "server/api/operations/saga_filter.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {

// A name that is misspelled would select every saga.
Result<SagaFilter> bulk_filter(const std::string& filter, UserId by, Timestamp now) {
  http::Request request;
  if (const auto set = request.set_target("/sagas?" + filter); !set) return set.error();
  std::vector<std::string> faults = wrong_filters(request);
  for (std::string& fault : faults) fault.insert(0, "filter: ");
  for (const auto& [name, value] : request.query)
    if (value.empty()) faults.push_back(fmt::format("filter: {} has no value", name));
  if (request.query.empty()) faults.emplace_back("filter must not be empty: it would select every saga");
  if (!faults.empty()) return http::validation_error(std::move(faults));
  request.caller = http::Caller{by.text(), "", std::string(to_string(Role::admin)), ""};
  QueryReader query(request);
  SagaFilter read = read_saga_filter(query, request, now);
  if (const auto valid = query.finish(); !valid) return valid.error();
  return read;
}

}  // namespace sagactl::api
