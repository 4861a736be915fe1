// A run's figures as members of `loadtest -o json`.
#include <utility>

#include "loadgen/run.hpp"

namespace sagactl {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

}  // namespace

namespace {

// Persisted in results. Do not rename.
constexpr std::pair<const char*, std::uint64_t RequestCounts::*> request_members[] = {
    {"sent", &RequestCounts::sent},         {"succeeded", &RequestCounts::accepted},
    {"repeated", &RequestCounts::repeated}, {"duplicates", &RequestCounts::duplicates},
    {"rejected", &RequestCounts::rejected}, {"refusedAsAsked", &RequestCounts::refused_as_asked},
    {"failed", &RequestCounts::failed},     {"transportErrors", &RequestCounts::transport_errors},
    {"timeouts", &RequestCounts::timeouts}, {"unreached", &RequestCounts::unreached}};

}  // namespace

Json requests_json(const RequestCounts& requests) {
  Json json = Json::object();
  for (const auto& [name, count] : request_members) json[name] = requests.*count;
  return json;
}

RequestCounts request_counts(const Json& requests) {
  RequestCounts counts;
  if (!requests.is_object()) return counts;
  for (const auto& [name, count] : request_members) {
    const auto member = requests.find(name);
    if (member != requests.end() && member->is_number_integer() && *member >= 0)
      counts.*count = member->get<std::uint64_t>();
  }
  return counts;
}

Json latency_json(const Histogram& histogram) {
  Json too_few = Json::array();
  Json latency = Json::object();
  struct Percentile {
    const char* name;
    double percent;
  };
  for (const Percentile it :
       {Percentile{"p50", 50}, Percentile{"p90", 90}, Percentile{"p99", 99}, Percentile{"p999", 99.9}}) {
    latency[it.name] = milliseconds(histogram.percentile(it.percent));
    if (histogram.count() < samples_needed(it.percent)) too_few.push_back(it.name);
  }
  latency["max"] = milliseconds(histogram.max());
  latency["samples"] = histogram.count();
  latency["tooFewSamplesFor"] = too_few;
  return latency;
}

Json generator_json(const GeneratorHealth& health) {
  const auto percentiles = [](const Histogram& histogram) -> Json {
    return {{"p50", milliseconds(histogram.percentile(50))},
            {"p99", milliseconds(histogram.percentile(99))},
            {"max", milliseconds(histogram.max())}};
  };
  const TlsHealth& tls = health.tls;
  Json tls_members = nullptr;
  if (tls.is_used)
    tls_members = {{"insecure", tls.insecure},
                   {"handshakes", tls.handshakes.count()},
                   {"resumed", tls.resumed},
                   {"handshake", percentiles(tls.handshakes)}};
  return {{"lateness", percentiles(health.lateness)},
          {"ownLateness", percentiles(health.own_lateness)},
          {"skipped", health.skipped},
          {"backlogDeepest", health.backlog_peak},
          {"connections", health.connections_peak},
          {"connectionsWanted", health.connections_max},
          {"streams", health.streams == 0 ? Json(nullptr) : Json(health.streams)},
          {"reconnects", health.reconnects},
          {"workers", health.workers},
          {"pacing", to_string(health.pacing)},
          {"cpuShare", health.cpu_share},
          {"cpuSeconds", health.cpu_seconds},
          {"tls", tls_members}};
}

}  // namespace sagactl
