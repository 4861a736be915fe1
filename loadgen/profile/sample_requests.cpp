#include "loadgen/profile/sample_requests.hpp"

#include <fmt/format.h>

#include "loadgen/sending/request_writer.hpp"

namespace sagactl {
namespace {

RequestWriterSetup setup_of(const LoadOptions& options, const Url& target) {
  RequestWriterSetup setup;
  setup.profile = options.profile;
  setup.plan = product_plan_of(options, options.run.empty() ? "example" : options.run, options.profile.catalogue);
  setup.targets = {target};
  setup.proxy = options.connect.proxy;
  for (const std::string& user : options.profile.users) setup.users.push_back({user, {}, false});
  if (setup.users.empty()) setup.users.push_back({synthetic_user(1), {}, false});
  setup.close = options.fresh_connections;
  setup.compressed = options.compressed;
  return setup;
}

}  // namespace

Result<std::vector<SampleRequest>> sample_requests(const LoadOptions& options) {
  if (auto checked = check(options); !checked) return checked.error();
  const auto target = parse_node_url(options.targets.front());
  if (!target) return target.error();
  const RequestWriterSetup setup = setup_of(options, *target);
  const RequestWriter writer(setup);
  std::vector<SampleRequest> samples;
  const auto add = [&](std::string what, OrderKind kind, std::uint32_t group) {
    PlannedOrder order;
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
  const auto variants = static_cast<std::uint32_t>(setup.plan.failure_variants.size());
  if (variants <= 1) add("an order meant to fail", OrderKind::payment_fail, 2);
  for (std::uint32_t variant = 0; variants > 1 && variant < variants; ++variant)
    add(fmt::format("an order meant to fail, variant {} of {}", variant + 1, variants), OrderKind::payment_fail,
        variant);
  return samples;
}

}  // namespace sagactl
