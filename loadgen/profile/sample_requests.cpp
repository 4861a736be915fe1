#include "loadgen/profile/sample_requests.hpp"

#include <fmt/format.h>

#include "loadgen/requests/request_writer.hpp"

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
  setup.spells_kept = true;
  // What comes from the environment may be secret.
  for (auto& [spelling, text] : setup.profile.journey.texts) {
    const bool is_environment = spelling.starts_with(to_string(TemplateField::env));
    if (is_environment) text = fmt::format("{{{}}}", spelling);
  }
  setup.compressed = options.compressed;
  return setup;
}

// The writer leaves room for lengths of up to eight digits.
std::string without_padding(std::string request) {
  constexpr std::string_view name = "\r\nContent-Length:";
  const std::size_t field = request.find(name);
  if (field == std::string::npos || field > request.find("\r\n\r\n")) return request;
  const std::size_t begin = field + name.size();
  request.replace(begin, request.find_first_not_of(' ', begin) - begin, " ");
  return request;
}

class SampleWriter {
 public:
  SampleWriter(const LoadOptions& options, const RequestWriterSetup& setup)
      : options_(options), journey_(setup.profile.journey), plan_(setup.plan), writer_(setup) {
    const std::string authorization = writer_.authorization(0);
    if (authorization.empty()) return;
    UserState state = writer_.users().of(0);
    state.authorization = RequestWriter::authorization_line(authorization);
    writer_.users().replace(0, std::move(state));
  }

  std::vector<SampleRequest> samples() {
    add_single_requests("set-up", StepNumber::Part::set_up, journey_.set_up);
    add_single_requests("log-in", StepNumber::Part::log_in, journey_.log_in.requests);
    for (std::size_t i = 0; i < journey_.before.size(); ++i) add_step(journey_.before[i], i);
    add_orders();
    for (std::size_t i = 0; i < journey_.after.size(); ++i)
      add_step(journey_.after[i], writer_.creating_step() + 1 + i);
    add_single_requests("tear-down", StepNumber::Part::tear_down, journey_.tear_down);
    return std::move(samples_);
  }

 private:
  void add(std::string what, PlannedOrder order) {
    std::vector<char> request;
    const std::size_t size = writer_.write(order, request);
    samples_.push_back({std::move(what), without_padding({request.data(), size})});
  }
  void add_order(std::string what, OrderKind kind, std::uint32_t group) {
    PlannedOrder order;
    order.operation = orders_++;
    order.group = group;
    order.kind = kind;
    order.step = writer_.creating_step();
    add(std::move(what), order);
  }
  void add_orders() {
    if (options_.scenario != ScenarioKind::duplicate) add_order("an order", OrderKind::single, 0);
    if (options_.scenario != ScenarioKind::individual)
      add_order("one of a group of duplicates", OrderKind::duplicate, 1);
    if (options_.fail_share <= 0) return;
    const auto variants = static_cast<std::uint32_t>(plan_.failure_variants.size());
    if (variants <= 1) add_order("an order meant to fail", OrderKind::payment_fail, 2);
    for (std::uint32_t variant = 0; variants > 1 && variant < variants; ++variant)
      add_order(fmt::format("an order meant to fail, variant {} of {}", variant + 1, variants), OrderKind::payment_fail,
                variant);
  }
  void add_message(std::string what, const MessageStep& message, const PlannedOrder& order) {
    std::string text = message_description(message, writer_.message_texts(order));
    std::vector<char> head;
    if (message.opens()) {
      const std::size_t size = writer_.write(order, head);
      text.insert(0, head.data(), size);
    }
    samples_.push_back({std::move(what), std::move(text)});
  }
  void add_step(const JourneyStep& step, std::size_t index) {
    PlannedOrder order;
    order.step = index;
    std::string what = fmt::format("step '{}'", step.name);
    if (!step.branch.empty()) what += fmt::format(", of the branch '{}'", step.branch);
    if (step.message) return add_message(std::move(what), *step.message, order);
    if (step.until) what += ", again until its answer is as wanted";
    add(std::move(what), order);
  }
  void add_single_requests(std::string_view part_name, StepNumber::Part part, const std::vector<JourneyStep>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const HttpRequest request = writer_.request({part, i}, {});
      std::string text = fmt::format("{} {}\r\n", request.method, request.path);
      for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
      samples_.push_back({fmt::format("{}, '{}'", part_name, steps[i].name), text + "\r\n" + request.body});
    }
  }

  const LoadOptions& options_;
  const Journey& journey_;
  const ProductPlan& plan_;
  const RequestWriter writer_;
  std::vector<SampleRequest> samples_;
  std::uint64_t orders_ = 0;
};

}  // namespace

Result<std::vector<SampleRequest>> sample_requests(const LoadOptions& options) {
  if (auto checked = check(options); !checked) return checked.error();
  const auto target = parse_node_url(options.targets.front());
  if (!target) return target.error();
  const RequestWriterSetup setup = setup_of(options, *target);
  return SampleWriter(options, setup).samples();
}

}  // namespace sagactl
