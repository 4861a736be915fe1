#include "loadgen/agents/options_codec.hpp"

#include <fmt/format.h>

#include "loadgen/agents/product_codec.hpp"
#include "loadgen/agents/profile_codec.hpp"

namespace sagactl {

template <>
constexpr ScenarioKind last_value_of<ScenarioKind>() {
  return ScenarioKind::all;
}
template <>
constexpr Pacing last_value_of<Pacing>() {
  return Pacing::sleep;
}
template <>
constexpr ArrivalKind last_value_of<ArrivalKind>() {
  return ArrivalKind::steps;
}

template <>
constexpr ProxyAction last_value_of<ProxyAction>() {
  return ProxyAction::answer;
}

template <class Codec, Of<ProxyFault> T>
void members(Codec& codec, T& it) {
  codec("action", it.action);
  codec("delayMin", it.delay_min);
  codec("delayMax", it.delay_max);
  codec("bytesPerSecond", it.bytes_per_second);
  codec("status", it.status);
  codec("share", it.share);
  codec("from", it.from);
  codec("to", it.to);
  codec("target", it.target);
}

template <class Codec, Of<Stage> T>
void members(Codec& codec, T& it) {
  codec("from", it.from);
  codec("to", it.to);
  codec("length", it.length);
}

template <class Codec, Of<KafkaAddress> T>
void members(Codec& codec, T& it) {
  codec("brokers", it.brokers);
  codec("clientId", it.client_id);
}

// Without the profile, which is encoded separately, and without faults of processes, which the leader does.
template <class Codec, Of<LoadOptions> T>
void members(Codec& codec, T& it) {
  codec("scenario", it.scenario);
  codec("targets", it.targets);
  codec("kafka", it.kafka);
  codec("run", it.run);
  codec("orders", it.orders);
  codec("duration", it.duration);
  codec("rate", it.rate);
  codec("arrival", it.arrival);
  codec("rateFrom", it.rate_from);
  codec("rateSteps", it.rate_steps);
  codec("stages", it.stages);
  codec("concurrency", it.concurrency);
  codec("products", it.products);
  codec("duplicates", it.duplicates);
  codec("failShare", it.fail_share);
  codec("hotShare", it.hot_share);
  codec("items", it.items);
  codec("seed", it.seed);
  codec("token", it.token);
  codec("users", it.users);
  codec("proxyFaults", it.faults.proxy);
  codec("warmup", it.warmup);
  codec("timeout", it.timeout);
  codec("pacing", it.pacing);
  codec("workers", it.workers);
  codec("connections", it.connections);
  codec("http2", it.http2);
  codec("streams", it.streams);
  codec("compressed", it.compressed);
  codec("freshConnections", it.fresh_connections);
  codec("backlogMax", it.backlog_max);
}

template <class Codec, Of<LoadShare> T>
void members(Codec& codec, T& it) {
  codec("index", it.index);
  codec("count", it.count);
}

template <class Codec, Of<UserState> T>
void members(Codec& codec, T& it) {
  codec("authorization", it.authorization);
  codec("values", it.values);
}

template <class Codec, Of<CookieJar::Cookie> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("value", it.value);
  codec("path", it.path);
  codec("expires", it.expires);
}

template <class Codec, Of<PreparedUser> T>
void members(Codec& codec, T& it) {
  codec("id", it.id);
  codec("token", it.token);
  codec("idIsNumber", it.id_is_number);
  codec("state", it.state);
  codec("cookies", it.cookies);
  codec("renewIn", it.renew_in_ns);
  codec("logInIn", it.log_in_in_ns);
}

template <class Codec, Of<PreparedRun> T>
void members(Codec& codec, T& it) {
  codec("users", it.users);
  codec("catalogue", it.catalogue);
  codec("runValues", it.run_values);
}

template <class Codec, Of<RunDescription> T>
void members(Codec& codec, T& it) {
  codec("ledBy", it.led_by);
  codec("options", it.options);
  codec("share", it.share);
  codec("prepared", it.prepared);
  codec("epochOffset", it.epoch_offset_ns);
}

std::string encoded(const RunDescription& description) {
  Json json = MemberWriter::written(description);
  json["profile"] = encoded(description.options.profile);
  std::string message;
  Json::to_cbor(json, message);
  return message;
}

Result<RunDescription> decoded_description(std::string_view message) {
  try {
    const Json json = Json::from_cbor(message);
    RunDescription description;
    MemberReader::read(json, description);
    description.options.profile = decoded_profile(json.at("profile"));
    const LoadShare& share = description.share;
    if (share.count == 0 || share.index >= share.count) throw std::out_of_range("a share that does not exist");
    return description;
  } catch (const std::exception& wrong) {
    return Error{ErrorCode::invalid, fmt::format("this is no description of a run: {}", wrong.what())};
  }
}

}  // namespace sagactl
