#include "loadgen/agents/figures_codec.hpp"

#include "loadgen/agents/member_codec.hpp"

namespace sagactl {

template <>
constexpr PartState last_value_of<PartState>() {
  return PartState::failed;
}
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

// Those that are not 0, by their place.
template <class List>
Pairs filled(const List& list) {
  Pairs pairs;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i] != 0) pairs.emplace_back(static_cast<std::uint32_t>(i), list[i]);
  return pairs;
}

template <class List>
void fill(const Pairs& pairs, List& list) {
  for (const auto& [place, count] : pairs) list.at(place) = count;
}

constexpr std::size_t statuses_max = 600;

}  // namespace

template <class Codec, Of<Histogram::Contents> T>
void members(Codec& codec, T& it) {
  codec("counts", it.counts);
  codec("min", it.min);
  codec("max", it.max);
  codec("sum", it.sum);
}

template <class Codec, Of<PhaseNumbers> T>
void members(Codec& codec, T& it) {
  codec("operation", it.operation);
  codec("group", it.group);
  codec("journey", it.journey);
}

// The histograms are encoded separately.
template <class Codec, Of<GeneratorHealth> T>
void members(Codec& codec, T& it) {
  codec("skipped", it.skipped);
  codec("backlogPeak", it.backlog_peak);
  codec("connectionsMax", it.connections_max);
  codec("connectionsPeak", it.connections_peak);
  codec("streams", it.streams);
  codec("reconnects", it.reconnects);
  codec("workers", it.workers);
  codec("cpuShare", it.cpu_share);
  codec("cpuSeconds", it.cpu_seconds);
  codec("tlsUsed", it.tls.is_used);
  codec("tlsInsecure", it.tls.insecure);
  codec("tlsResumed", it.tls.resumed);
}

template <class Codec, Of<FaultMark> T>
void members(Codec& codec, T& it) {
  codec("fault", it.fault);
  codec("kind", it.kind);
  codec("target", it.target);
  codec("byProxy", it.by_proxy);
  codec("done", it.done);
  codec("outcome", it.outcome);
  codec("began", it.began);
  codec("ended", it.ended);
  codec("met", it.met);
  codec("changed", it.changed);
}

template <class Codec, Of<PartStatus> T>
void members(Codec& codec, T& it) {
  codec("state", it.state);
  codec("error", it.error);
  codec("targets", it.targets);
  codec("phasesEnded", it.phases_ended);
  codec("next", it.next);
  codec("entryBytes", it.entry_bytes);
  codec("generator", it.generator);
  codec("faults", it.faults);
}

template <class Codec, Of<PhaseStart> T>
void members(Codec& codec, T& it) {
  codec("numbers", it.numbers);
  codec("startNs", it.start_ns);
}

namespace {

Json encoded_counts(const EntryCounts& counts) {
  return Json{{"sent", counts.sent},
              {"accepted", counts.accepted},
              {"duplicates", counts.duplicates},
              {"errors", counts.errors},
              {"byTarget", counts.by_target},
              {"statuses", MemberWriter::written(filled(counts.statuses))},
              {"responseUs", counts.response_us},
              {"response", MemberWriter::written(filled(counts.response))}};
}

EntryCounts decoded_counts(const Json& json) {
  EntryCounts counts;
  Pairs statuses, response;
  MemberReader reader(json);
  reader("sent", counts.sent);
  reader("accepted", counts.accepted);
  reader("duplicates", counts.duplicates);
  reader("errors", counts.errors);
  reader("byTarget", counts.by_target);
  reader("statuses", statuses);
  reader("responseUs", counts.response_us);
  reader("response", response);
  counts.statuses.resize(statuses_max);
  fill(statuses, counts.statuses);
  fill(response, counts.response);
  return counts;
}

Histogram decoded_histogram(const Json& json) {
  Histogram::Contents contents;
  MemberReader::read(json, contents);
  auto histogram = Histogram::of(contents);
  if (!histogram) throw std::invalid_argument("counts that no histogram has");
  return std::move(*histogram);
}

}  // namespace

Json encoded(const PartStatus& status) {
  Json json = MemberWriter::written(status);
  json["counts"] = encoded_counts(status.counts);
  if (status.state != PartState::finished) return json;
  json["pacing"] = to_string(status.generator.pacing);
  json["ownLateness"] = MemberWriter::written(status.generator.own_lateness.contents());
  json["handshakes"] = MemberWriter::written(status.generator.tls.handshakes.contents());
  Json& steps = json["firstAnswers"] = Json::array();
  for (const auto& texts : status.first_answers) {
    const std::vector<std::pair<int, std::string>> pairs(texts.begin(), texts.end());
    steps.push_back(MemberWriter::written(pairs));
  }
  return json;
}

PartStatus decoded_status(const Json& json) {
  PartStatus status;
  MemberReader::read(json, status);
  status.counts = decoded_counts(json.at("counts"));
  if (status.state != PartState::finished) return status;
  const auto pacing = parse_pacing(json.at("pacing").get<std::string>());
  if (!pacing) throw std::invalid_argument("an unknown pacing");
  status.generator.pacing = *pacing;
  status.generator.own_lateness = decoded_histogram(json.at("ownLateness"));
  status.generator.tls.handshakes = decoded_histogram(json.at("handshakes"));
  for (const Json& step : json.at("firstAnswers")) {
    std::vector<std::pair<int, std::string>> pairs;
    MemberReader::read(step, pairs);
    status.first_answers.emplace_back(pairs.begin(), pairs.end());
  }
  return status;
}

Json encoded(const PhaseStart& start, std::size_t phase) {
  Json json = MemberWriter::written(start);
  json["phase"] = phase;
  return json;
}

NumberedStart decoded_start(const Json& json) {
  NumberedStart numbered;
  MemberReader reader(json);
  reader("phase", numbered.phase);
  members(reader, numbered.start);
  return numbered;
}

}  // namespace sagactl
