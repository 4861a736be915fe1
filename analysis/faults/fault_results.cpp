#include "analysis/faults/fault_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analysis/faults/fault_effects.hpp"
#include "analysis/readable.hpp"
#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

double fault_ms(Duration time) {
  return static_cast<double>(time.count()) / 1000;
}

Json window_json(const LoadWindow& window) {
  if (window.length <= Duration{0}) return nullptr;
  const bool any = window.response.count() > 0;
  const auto percentile = [&](double which) {
    return any ? Json(fault_ms(window.response.percentile(which))) : Json(nullptr);
  };
  return Json{{"ms", fault_ms(window.length)},
              {"requests", window.requests},
              {"good", window.good},
              {"goodPerSecond", static_cast<double>(static_cast<std::int64_t>(window.good_per_second() * 100)) / 100},
              {"p50", percentile(50)},
              {"p99", percentile(99)},
              {"max", any ? Json(fault_ms(window.response.max())) : Json(nullptr)}};
}

Json hit_json(const HitRequests& hit) {
  return Json{{"requests", hit.requests}, {"accepted", hit.accepted},           {"duplicates", hit.duplicates},
              {"rejected", hit.rejected}, {"indeterminate", hit.indeterminate}, {"unreached", hit.unreached}};
}

Json hurt_json(const HitRequests& hit, const Ledger& ledger) {
  Json list = Json::array();
  for (const std::uint64_t operation : hit.hurt) {
    const LedgerEntry& entry = *ledger.entries.find(operation);
    Json row{{"operation", operation},
             {"key", ledger.idempotency_key(entry)},
             {"outcome", to_string(entry.outcome)},
             {"failure", to_string(entry.failure)},
             {"status", entry.http_status}};
    if (!entry.order.is_nil()) row["order"] = ledger.order_text(entry);
    list.push_back(std::move(row));
  }
  return list;
}

std::string relation(const FaultMark& mark, const LedgerEntry& entry) {
  const Timestamp start = entry.sent.us != 0 ? entry.sent : entry.planned;
  if (start < mark.began) return fmt::format("sent {} before it began", format_duration(mark.began - start));
  if (start <= mark.ended) return fmt::format("sent {} after it began", format_duration(start - mark.began));
  return fmt::format("sent {} after it ended", format_duration(start - mark.ended));
}

// The faults that a request met: those that lasted, with their after-effect, while its answer was awaited; else the
// first one after its answer.
std::vector<std::string> met_by(const LedgerEntry& entry, const Ledger& ledger, const std::vector<FaultSpan>& spans) {
  const Timestamp start = entry.sent.us != 0 ? entry.sent : entry.planned;
  std::vector<std::string> met;
  const FaultSpan* next = nullptr;
  for (const FaultSpan& span : spans) {
    const FaultMark& mark = ledger.faults[span.fault];
    if (start <= span.until && entry.done >= span.from)
      met.push_back(fmt::format("{}: operation {} was {}", mark.fault, entry.operation, relation(mark, entry)));
    else if (span.from > entry.done && (next == nullptr || span.from < next->from))
      next = &span;
  }
  if (met.empty() && next != nullptr)
    met.push_back(fmt::format("{}: operation {} was answered {} before it began", ledger.faults[next->fault].fault,
                              entry.operation, format_duration(next->from - entry.done)));
  return met;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_value(const Json& value) {
  return value.is_null() ? "" : value.is_string() ? csv_field(value.get<std::string>()) : json_text(value);
}

}  // namespace

std::optional<Verdict> faults_were_done(const Ledger& ledger) {
  constexpr std::string_view name = "faults-were-done";
  if (ledger.faults.empty()) return std::nullopt;
  std::string failed;
  std::size_t count = 0;
  for (const FaultMark& mark : ledger.faults) {
    if (mark.done) continue;
    ++count;
    fmt::format_to(std::back_inserter(failed), "{}{}: {}", failed.empty() ? "" : "; ", mark.fault, mark.outcome);
  }
  if (count > 0)
    return undecided(name, fmt::format("{} of {} could not be done as asked: {}", count,
                                       count_of(ledger.faults.size(), "fault"), failed));
  return Verdict{.name = std::string(name),
                 .ruling = Ruling::pass,
                 .reason = fmt::format("{} done as asked", count_of(ledger.faults.size(), "fault")),
                 .witness = nullptr};
}

void name_faults(std::vector<Verdict>& verdicts, const Ledger& ledger) {
  const std::vector<FaultSpan> spans = fault_spans(ledger);
  if (spans.empty()) return;
  for (Verdict& verdict : verdicts) {
    if (verdict.ruling != Ruling::fail || !verdict.witness.is_object()) continue;
    Json names = Json::array();
    for (const Json& request : JsonView(verdict.witness)["requests"].list()) {
      const JsonView operation = JsonView(request)["operation"];
      const LedgerEntry* entry = operation.number() ? ledger.entries.find(operation.count()) : nullptr;
      if (entry == nullptr) continue;
      for (std::string& name : met_by(*entry, ledger, spans)) names.push_back(std::move(name));
    }
    if (!names.empty()) verdict.witness["faults"] = std::move(names);
  }
}

Json faults_json(const Ledger& ledger, const std::vector<SagaCounts>& sagas) {
  const std::vector<FaultEffect> effects = fault_effects(ledger);
  const Timestamp begin = load_begin(ledger);
  Json list = Json::array();
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const FaultMark& mark = ledger.faults[i];
    const FaultEffect& effect = effects[i];
    const bool begun = mark.has_begun();
    const auto since_begin = [&](Timestamp at) { return begun ? Json(fault_ms(at - begin)) : Json(nullptr); };
    Json fault{{"fault", mark.fault},
               {"kind", mark.kind},
               {"target", mark.target},
               {"by", mark.by_proxy ? "proxy" : "sagactl"},
               {"done", mark.done},
               {"outcome", mark.outcome},
               {"beganAt", begun ? Json(iso8601_us(mark.began)) : Json(nullptr)},
               {"endedAt", begun ? Json(iso8601_us(mark.ended)) : Json(nullptr)},
               {"fromMs", since_begin(mark.began)},
               {"toMs", since_begin(mark.ended)},
               {"effectToMs", since_begin(effect.until)},
               {"recovery", recovery_text(effect)}};
    fault["recoveredMs"] =
        effect.recovery == Recovery::recovered ? Json(fault_ms(effect.recovered_after)) : Json(nullptr);
    if (mark.by_proxy) {
      fault["met"] = mark.met;
      fault["changed"] = mark.changed;
    }
    fault["requests"] = begun ? hit_json(effect.hit) : Json(nullptr);
    fault["hurt"] = hurt_json(effect.hit, ledger);
    fault["sagas"] = begun && i < sagas.size() ? to_json(sagas[i]) : Json(nullptr);
    fault["before"] = begun ? window_json(effect.before) : Json(nullptr);
    fault["during"] = begun ? window_json(effect.during) : Json(nullptr);
    fault["after"] = begun ? window_json(effect.after) : Json(nullptr);
    list.push_back(std::move(fault));
  }
  return list;
}

std::string faults_csv(const Json& result) {
  constexpr const char* plain[] = {"fault",      "kind",        "target",   "by",     "done",
                                   "outcome",    "beganAt",     "endedAt",  "fromMs", "toMs",
                                   "effectToMs", "recoveredMs", "recovery", "met",    "changed"};
  constexpr const char* requests[] = {"requests", "accepted", "duplicates", "rejected", "indeterminate", "unreached"};
  constexpr const char* sagas[] = {"started", "completed", "compensated", "failed", "unfinished"};
  std::string text;
  for (const char* name : plain) text += fmt::format("{}{}", text.empty() ? "" : ",", name);
  for (const char* name : requests)
    text += fmt::format(",{}{}", std::string_view(name) == "requests" ? "" : "requests_", name);
  for (const char* name : sagas) text += fmt::format(",sagas_{}", name);
  text += '\n';
  for (const Json& json : JsonView(result)["faults"].list()) {
    const JsonView fault(json);
    std::string line;
    for (const char* name : plain)
      line += fmt::format("{}{}", name == plain[0] ? "" : ",", csv_value(fault[name].json()));
    for (const char* name : requests) line += fmt::format(",{}", csv_value(fault["requests"][name].json()));
    for (const char* name : sagas) line += fmt::format(",{}", csv_value(fault["sagas"][name].json()));
    text += line + '\n';
  }
  return text;
}

}  // namespace sagactl
