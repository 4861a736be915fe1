#include "server/api/operations/saga_list.hpp"

#include <vector>

#include "server/api/operations/render_saga.hpp"

namespace sagactl::api {

Result<SagaList> SagaList::parse(const http::Request& request, std::span<const std::string_view> others) {
  QueryReader query(request);
  PageRequest page = read_page(query);
  if (request.query_value("total")) page.count = query.boolean("total");
  const SagaFilter filter = read_saga_filter(query, request, Timestamp{});
  std::vector<std::string_view> names = {"page", "limit", "cursor", "total"};
  names.insert(names.end(), others.begin(), others.end());
  for (std::string& fault : wrong_filters(request, names)) query.fault(std::move(fault));
  if (const auto valid = query.finish(); !valid) return valid.error();
  http::Request asked;
  asked.query = request.query;
  asked.caller = request.caller;
  return SagaList(std::move(asked), page, filter.user.has_value());
}

Result<FlowPage> SagaList::find(Queries& queries, bool count) const {
  Timestamp now;
  if (needs_time(asked_)) {
    const auto time = queries.database_time();
    if (!time) return time.error();
    now = *time;
  }
  QueryReader query(asked_);
  SagaFilter filter = read_saga_filter(query, asked_, now);
  Page page = page_.page();
  page.count = page_.count && count;
  return find_sagas(queries, std::move(filter), page);
}

std::string SagaList::text(const FlowPage& found) const {
  Json list = Json::array();
  for (const Flow& flow : found.flows)
    if (flow.saga) list.push_back(saga_json(flow));
  Json body{{"sagas", std::move(list)}};
  add_page(body, page_, found);
  return json_text(body);
}

}  // namespace sagactl::api
