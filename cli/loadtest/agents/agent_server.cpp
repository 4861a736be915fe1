#include "cli/loadtest/agents/agent_server.hpp"

#include <fmt/format.h>

#include "analysis/result/machine.hpp"
#include "common/crypto.hpp"
#include "common/processors.hpp"
#include "common/text/number.hpp"
#include "loadgen/agents/agent_connection.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::milliseconds watch_interval{250};

http::Response nothing_to_say() {
  return http::json_response(200, Json::object());
}

}  // namespace

AgentServer::AgentServer(boost::asio::io_context& context, AgentServerSetup setup)
    : setup_(std::move(setup)), timer_(context) {
  watch();
}

http::Router AgentServer::routes() {
  http::Router router;
  router.set_authenticator([this](const http::Request& request) -> Result<http::Caller> {
    const std::string expected = "Bearer " + setup_.token;
    if (!equal_in_constant_time(request.header("authorization"), expected))
      return Error{ErrorCode::unauthenticated, "the token is not the one that this agent was started with"};
    http::Caller caller;
    caller.id = "leader";
    return caller;
  });
  const auto add = [&](http::Method method, std::string_view path, std::function<http::Answer(http::Request&)> handler,
                       std::size_t body_max = 0) {
    http::Route route;
    route.method = method;
    route.pattern = fmt::format("{}{}", agent_path, path);
    route.access = http::RouteAccess::user;
    route.handler = std::move(handler);
    route.body_bytes_max = body_max;
    router.add(std::move(route));
  };
  using http::Method;
  using http::Request;
  add(Method::get, "", [this](Request&) { return greet(); });
  add(Method::get, "/clock", [](Request&) -> http::Answer {
    return http::json_response(200, Json{{"steadyNs", steady_ns()}, {"wallNs", wall_clock_now().us * 1000}});
  });
  add(
      Method::post, "/runs", [this](Request& request) { return take_over(request); }, run_message_max);
  add(Method::get, "/runs/{run}", [this](Request& request) -> http::Answer {
    const auto run = run_of(request);
    if (!run) return run.error();
    return http::json_response(200, encoded((*run)->status()));
  });
  add(Method::post, "/runs/{run}/phases", [this](Request& request) { return begin_phase(request); });
  add(Method::get, "/runs/{run}/entries", [this](Request& request) { return entries(request); });
  add(Method::post, "/runs/{run}/stop", [this](Request& request) { return stop(request); });
  add(Method::del, "/runs/{run}", [this](Request& request) { return release(request); });
  return router;
}

http::Answer AgentServer::greet() const {
  AgentGreeting greeting;
  greeting.version = setup_.version;
  greeting.protocol = agent_protocol;
  greeting.host = this_machine().host;
  greeting.cores = available_processors();
  if (run_) {
    greeting.busy_by = run_->led_by();
    greeting.busy_since = iso8601_ms(run_->since());
  }
  return http::json_response(200, encoded(greeting));
}

http::Answer AgentServer::take_over(const http::Request& request) {
  if (run_)
    return Error{ErrorCode::busy,
                 fmt::format("busy since {}, with a run of {}", iso8601_ms(run_->since()), run_->led_by())};
  auto description = decoded_description(request.body);
  if (!description) return description.error();
  if (description->options.run.empty() || description->options.run.size() > 16)
    return Error{ErrorCode::invalid, "the run has no id of 1 to 16 characters"};
  setup_.say(fmt::format("run {} of {}: share {} of {}", description->options.run, description->led_by,
                         description->share.index + 1, description->share.count));
  heard_ = std::chrono::steady_clock::now();
  is_abandoned_ = false;
  run_ = std::make_unique<AgentRun>(std::move(*description), setup_.machine);
  return http::json_response(201, Json::object());
}

Result<AgentRun*> AgentServer::run_of(const http::Request& request) {
  if (!run_ || is_abandoned_ || run_->run() != request.parameter("run"))
    return Error{ErrorCode::not_found, "this agent has no such run"};
  heard_ = std::chrono::steady_clock::now();
  return run_.get();
}

http::Answer AgentServer::begin_phase(const http::Request& request) {
  const auto run = run_of(request);
  if (!run) return run.error();
  try {
    const NumberedStart numbered = decoded_start(Json::parse(request.body));
    if (auto begun = (*run)->begin_phase(numbered.phase, numbered.start); !begun) return begun.error();
    return nothing_to_say();
  } catch (const std::exception& wrong) {
    return Error{ErrorCode::invalid, fmt::format("this is no start of a phase: {}", wrong.what())};
  }
}

http::Answer AgentServer::entries(const http::Request& request) {
  const auto run = run_of(request);
  if (!run) return run.error();
  const auto from = parse_number<std::uint64_t>(request.query_value("from").value_or(""));
  if (!from) return Error{ErrorCode::invalid, "from: the number of a byte is missing"};
  auto bytes = (*run)->entries(*from);
  if (!bytes) return bytes.error();
  http::Response response;
  response.content_type = "application/octet-stream";
  response.body = std::move(*bytes);
  return response;
}

http::Answer AgentServer::stop(const http::Request& request) {
  const auto run = run_of(request);
  if (!run) return run.error();
  (*run)->stop();
  return nothing_to_say();
}

http::Answer AgentServer::release(const http::Request& request) {
  const auto run = run_of(request);
  if (!run) return run.error();
  const PartStatus status = (*run)->status();
  abandon(
      fmt::format("ended, {} requests sent{}", status.counts.sent, status.error.empty() ? "" : "; " + status.error));
  return nothing_to_say();
}

void AgentServer::abandon(const std::string& why) {
  setup_.say(fmt::format("run {} of {}: {}", run_->run(), run_->led_by(), why));
  run_->stop();
  is_abandoned_ = true;
  if (run_->is_over()) run_.reset();
}

// A run that nobody asks about ends by itself.
void AgentServer::watch() {
  timer_.expires_after(watch_interval);
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    if (run_ && !is_abandoned_ && std::chrono::steady_clock::now() - heard_ > contact_lost_after)
      abandon(fmt::format("heard nothing for {}: stopped", format_duration(contact_lost_after)));
    if (run_ && is_abandoned_ && run_->is_over()) run_.reset();
    watch();
  });
}

}  // namespace sagactl
