#include "loadgen/agents/agent_connection.hpp"

#include <fmt/format.h>

#include "loadgen/agents/member_codec.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

template <class Codec, Of<AgentGreeting> T>
void members(Codec& codec, T& it) {
  codec("version", it.version);
  codec("protocol", it.protocol);
  codec("host", it.host);
  codec("cores", it.cores);
  codec("busyBy", it.busy_by);
  codec("busySince", it.busy_since);
}

Json encoded(const AgentGreeting& greeting) {
  return MemberWriter::written(greeting);
}

std::string AgentConnection::path_of(const std::string& run, std::string_view rest) const {
  return fmt::format("{}/runs/{}{}", agent_path, run, rest);
}

Result<HttpResponse> AgentConnection::send(HttpRequest request) {
  auto response = client_.send(request);
  if (!response) {
    // Whatever does not speak HTTP there is not an agent, and has done nothing.
    const ErrorCode code = response.error().code == ErrorCode::invalid ? ErrorCode::unavailable : response.error().code;
    return Error{code, fmt::format("agent {}: {}", name_, response.error().message), response.error().members};
  }
  if (response->ok()) return response;
  Error refused = error_of(*response);
  if (refused.code == ErrorCode::unauthenticated)
    refused.message = "it does not take the token: --agents-token-file must hold what the agent has in --token-file";
  refused.message = fmt::format("agent {}: {}", name_, refused.message);
  return refused;
}

Result<Json> AgentConnection::json(HttpRequest request) {
  const auto response = send(std::move(request));
  if (!response) return response.error();
  auto body = response->json();
  if (body) return body;
  return Error{ErrorCode::unavailable, fmt::format("agent {}: what answers there is no agent of sagactl", name_)};
}

Result<AgentGreeting> AgentConnection::greet() {
  const auto body = json({"GET", std::string(agent_path), {}, {}});
  if (!body) {
    const bool is_another = body.error().code == ErrorCode::not_found || body.error().code == ErrorCode::invalid;
    if (!is_another) return body.error();
    return Error{
        ErrorCode::unavailable,
        fmt::format("{}; what answers there is no agent: start `sagactl loadtest agent`", body.error().message)};
  }
  try {
    AgentGreeting greeting;
    MemberReader::read(*body, greeting);
    return greeting;
  } catch (const std::exception&) {
    return Error{ErrorCode::unavailable,
                 fmt::format("agent {}: what answers there is no agent of this version of sagactl", name_)};
  }
}

Result<ClockReading> AgentConnection::read_clock() {
  ClockReading reading;
  reading.asked_ns = steady_ns();
  const auto body = json({"GET", fmt::format("{}/clock", agent_path), {}, {}});
  reading.answered_ns = steady_ns();
  if (!body) return body.error();
  try {
    MemberReader reader(*body);
    reader("steadyNs", reading.other_ns);
    reader("wallNs", reading.other_wall_ns);
    return reading;
  } catch (const std::exception& wrong) {
    return Error{ErrorCode::unavailable, fmt::format("agent {}: its clock cannot be read: {}", name_, wrong.what())};
  }
}

Result<ClockComparison> AgentConnection::compare_clocks(int readings) {
  ClockComparison comparison;
  for (int i = 0; i < readings; ++i) {
    const auto reading = read_clock();
    if (!reading) return reading.error();
    comparison.add(*reading);
  }
  return comparison;
}

Result<void> AgentConnection::hand_over(const std::string& description) {
  const HttpHeaders headers = {{"Content-Type", "application/cbor"}};
  const auto response = send({"POST", fmt::format("{}/runs", agent_path), description, headers});
  return response ? Result<void>() : Result<void>(response.error());
}

Result<PartStatus> AgentConnection::status(const std::string& run) {
  const auto body = json({"GET", path_of(run), {}, {}});
  if (!body) return body.error();
  try {
    return decoded_status(*body);
  } catch (const std::exception& wrong) {
    return Error{ErrorCode::bug, fmt::format("agent {}: its status cannot be read: {}", name_, wrong.what())};
  }
}

Result<std::string> AgentConnection::entries(const std::string& run, std::uint64_t from) {
  auto response = send({"GET", path_of(run, fmt::format("/entries?from={}", from)), {}, {}});
  if (!response) return response.error();
  return std::move(response->body);
}

Result<void> AgentConnection::begin_phase(const std::string& run, std::size_t phase, const PhaseStart& start) {
  const HttpHeaders headers = {{"Content-Type", "application/json"}};
  const auto response = send({"POST", path_of(run, "/phases"), json_text(encoded(start, phase)), headers});
  return response ? Result<void>() : Result<void>(response.error());
}

Result<void> AgentConnection::stop(const std::string& run) {
  const auto response = send({"POST", path_of(run, "/stop"), {}, {}});
  return response ? Result<void>() : Result<void>(response.error());
}

Result<void> AgentConnection::release(const std::string& run) {
  const auto response = send({"DELETE", path_of(run), {}, {}});
  return response ? Result<void>() : Result<void>(response.error());
}

}  // namespace sagactl
