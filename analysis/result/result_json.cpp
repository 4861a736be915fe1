#include "analysis/faults/fault_results.hpp"
#include "analysis/report/latency_charts.hpp"
#include "analysis/result/result.hpp"
#include "loadgen/agents/agent_figures.hpp"
#include "loadgen/ledger/endpoint_figures.hpp"

namespace sagactl {
namespace {

template <class List>
Json array_of(const List& list) {
  Json array = Json::array();
  for (const auto& item : list) array.push_back(to_json(item));
  return array;
}

Json per_second(std::uint64_t count, Duration time) {
  if (time.count() <= 0) return nullptr;
  return static_cast<double>(
             static_cast<std::int64_t>(static_cast<double>(count) * 1e8 / static_cast<double>(time.count()))) /
         100;
}

Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(iso8601_us(*time)) : Json(nullptr);
}

constexpr int interrupted_code = 130;

Json origin_json(const ResultOrigin& origin) {
  Json tags = Json::object();
  for (const auto& [name, value] : origin.tags) tags[name] = value;
  return Json{{"command", origin.command},
              {"version", origin.version},
              {"machine", to_json(origin.machine)},
              {"tags", tags},
              {"ledger", origin.ledger_path.empty() ? Json(nullptr) : Json(origin.ledger_path)},
              {"database", origin.database.empty() ? Json(nullptr) : Json(origin.database)}};
}

// Adds an examination to a result, with the member names that a load test and `analyze` share.
void add_examination(Json& result, const Examination& examination) {
  Json steps = Json::array();
  for (const StepTimes& step : examination.sagas.steps) {
    Json times{{"step", step.step}, {"succeeded", step.took.count()}};
    times.update(latency_json(step.took));
    steps.push_back(std::move(times));
  }
  result["takenAt"] = iso8601_us(examination.taken_at);
  result["stepLatency"] = std::move(steps);
  result["distribution"] = array_of(examination.distribution.nodes);
  result["evenness"] = to_json(examination.distribution.evenness);
  result["nodeWindows"] = windows_json(examination.distribution);
  result["groupSummary"] = to_json(examination.groups);
  result["groups"] = array_of(examination.groups.listed);
  result["sagasOverTime"] = over_time_json(examination.sagas);
  result["sagaTimes"] = examination.saga_times;
  result["sagaCurve"] = percentile_curve(examination.sagas.took);
  result["slowest"] = array_of(examination.sagas.slowest);
}

Json timeline_json(const std::vector<LoadSecond>& seconds) {
  Json list = Json::array();
  for (const LoadSecond& second : seconds)
    list.push_back(Json{{"planned", second.planned},
                        {"sent", second.sent},
                        {"accepted", second.accepted},
                        {"repeated", second.repeated},
                        {"duplicates", second.duplicates},
                        {"refusedAsAsked", second.refused_as_asked},
                        {"errors", second.errors},
                        {"maxMs", static_cast<double>(second.response_max.count()) / 1000.0}});
  return list;
}

void add_charts(Json& result, const RunResult& load) {
  result["serviceLatency"] = latency_json(load.service);
  result["timeline"] = timeline_json(load.seconds);
  result["curve"] = percentile_curve(load.response);
  result["serviceCurve"] = percentile_curve(load.service);
  result["heatMap"] = heat_map(load.ledger);
}

}  // namespace

Json loadtest_json(const ResultOrigin& origin, const RunResult& load, const Examination* database,
                   const std::vector<Verdict>& verdicts, const std::vector<ThresholdResult>& thresholds) {
  const Ledger& ledger = load.ledger;
  Json result{{"run", ledger.run},
              {"scenario", ledger.scenario},
              {"seed", ledger.seed},
              {"startedAt", iso8601_us(ledger.started_at)},
              {"endedAt", iso8601_us(ledger.ended_at)},
              {"requests", requests_json(load.requests)}};
  const SagaCounts* sagas = database && database->ends_are_known ? &database->sagas.counts : nullptr;
  result["sagas"] = sagas ? to_json(*sagas) : Json(nullptr);
  result["throughput"] =
      Json{{"acceptedPerSecond", per_second(load.requests.accepted, load.rated)},
           {"completedPerSecond", sagas ? per_second(sagas->completed, database->sagas.active) : Json(nullptr)}};
  result["latency"] = latency_json(load.response);
  result["sagaLatency"] = database ? latency_json(database->sagas.took) : Json(nullptr);
  result["generator"] = generator_json(load.generator);
  result["distribution"] = Json::array();
  result["groups"] = Json::array();
  result["verdicts"] = array_of(verdicts);
  result["verdict"] = to_string(overall(verdicts));
  result["thresholds"] = array_of(thresholds);
  result["kind"] = "loadtest";
  result["format"] = 1;
  result["openLoop"] = ledger.open_loop;
  result["measuredMs"] = load.measured.count() / 1000;
  result["ratedMs"] = load.rated.count() / 1000;
  result["answers"] = answers_json(load.answers);
  result["answersByTarget"] = targets_json(load.answers, ledger);
  result["endpoints"] = endpoints_json(endpoints_of(ledger), ledger);
  if (!load.agents.empty()) result["agents"] = agents_json(load);
  if (!load.journeys.steps.empty()) result["journeys"] = journeys_json(load.journeys);
  if (!ledger.faults.empty())
    result["faults"] = faults_json(ledger, database ? database->faulted_sagas : std::vector<SagaCounts>());
  const RunEnd end = end_of(verdicts, thresholds);
  result["end"] = to_string(end);
  result["exitCode"] = load.interrupted ? interrupted_code : static_cast<int>(end);
  result["interrupted"] = load.interrupted;
  result["targets"] = ledger.targets;
  result.update(origin_json(origin));
  if (database) add_examination(result, *database);
  add_charts(result, load);
  return result;
}

Json analysis_json(const ResultOrigin& origin, const Examination& examination, const ExamineOptions& options) {
  Json result{{"kind", "analysis"},
              {"format", 1},
              {"run", options.run.empty() ? Json(nullptr) : Json(options.run)},
              {"since", time_or_null(options.filter.since)},
              {"until", time_or_null(options.filter.until)},
              {"orders", examination.orders},
              {"sagas", to_json(examination.sagas.counts)},
              {"throughput",
               Json{{"completedPerSecond", per_second(examination.sagas.counts.completed, examination.sagas.active)}}},
              {"sagaLatency", latency_json(examination.sagas.took)}};
  result.update(origin_json(origin));
  add_examination(result, examination);
  result["verdicts"] = array_of(examination.verdicts);
  result["verdict"] = to_string(overall(examination.verdicts));
  return result;
}

Json verify_json(const ResultOrigin& origin, const std::vector<Verdict>& verdicts, Timestamp taken_at) {
  Json result{{"kind", "verify"},
              {"format", 1},
              {"takenAt", iso8601_us(taken_at)},
              {"verdict", to_string(overall(verdicts))},
              {"verdicts", array_of(verdicts)}};
  result.update(origin_json(origin));
  return result;
}

}  // namespace sagactl
