#include "loadgen/profile/sample_requests.hpp"

#include <fmt/format.h>

#include "loadgen/sending/request_writer.hpp"

namespace sagactl {
namespace {

RequestWriter::Run run_of(const LoadOptions& options, const Url& target) {
  RequestWriter::Run run;
  run.profile = options.profile;
  run.orders = assortment_of(options, options.run.empty() ? "example" : options.run, options.profile.catalogue);
  run.targets = {target};
  for (const std::string& user : options.profile.users) run.users.push_back({user, {}, false});
  if (run.users.empty()) run.users.push_back({made_up_user(1), {}, false});
  run.close = options.fresh_connections;
  return run;
}

}  // namespace

Result<std::vector<SampleRequest>> sample_requests(const LoadOptions& options) {
  if (auto checked = check(options); !checked) return checked.error();
  const auto target = parse_node_url(options.targets.front());
  if (!target) return target.error();
  const RequestWriter::Run run = run_of(options, *target);
  const RequestWriter writer(run);
  std::vector<SampleRequest> samples;
  const auto add = [&](std::string what, OrderKind kind, std::uint32_t group) {
    RequestWriter::Order order;
    order.operation = samples.size();
    order.group = group;
    order.kind = kind;
    std::string request(writer.size_max(), '\0');
    request.resize(writer.write(order, request.data()));
    samples.push_back({std::move(what), std::move(request)});
  };
  if (options.scenario != ScenarioKind::duplicate) add("an order", OrderKind::single, 0);
  if (options.scenario != ScenarioKind::individual) add("one of a group of duplicates", OrderKind::duplicate, 1);
  if (options.fail_share <= 0) return samples;
  const auto ways = static_cast<std::uint32_t>(run.orders.fail_ways.size());
  if (ways <= 1) add("an order that is to fail", OrderKind::payment_fail, 2);
  for (std::uint32_t way = 0; ways > 1 && way < ways; ++way)
    add(fmt::format("an order that is to fail, way {} of {}", way + 1, ways), OrderKind::payment_fail, way);
  return samples;
}

}  // namespace sagactl
