// The ledger as a file: one JSON object per line.
#include <fmt/format.h>

#include <fstream>

#include "common/output_file.hpp"
#include "common/text/json_object.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {
namespace {

constexpr std::string_view format_name = "sagactl-ledger";
constexpr int format_version = 1;

Json catalogue_json(const Ledger& ledger) {
  Json list = Json::array();
  for (const CatalogueProduct& it : ledger.catalogue)
    list.push_back({{"id", it.id}, {"name", it.name}, {"price", it.price.text()}, {"number", it.id_is_number}});
  return list;
}

Json fields_json(const CustomFields& fields) {
  Json json = Json::object();
  for (const auto& [name, value] : fields) json[name] = value;
  return json;
}

CustomFields fields_of(const Json& json) {
  CustomFields fields;
  for (const auto& [name, value] : json.items()) fields.emplace_back(name, value);
  return fields;
}

Json failure_variants_json(const Ledger& ledger) {
  Json list = Json::array();
  for (const FailureVariant& it : ledger.failure_variants)
    list.push_back({{"name", it.name},
                    {"quantity", it.quantity ? Json(*it.quantity) : Json(nullptr)},
                    {"product", it.product},
                    {"fields", fields_json(it.fields)}});
  return list;
}

Json faults_json(const std::vector<FaultMark>& faults) {
  Json list = Json::array();
  for (const FaultMark& it : faults)
    list.push_back({{"fault", it.fault},
                    {"kind", it.kind},
                    {"target", it.target},
                    {"byProxy", it.by_proxy},
                    {"done", it.done},
                    {"outcome", it.outcome},
                    {"began", it.began.us},
                    {"ended", it.ended.us},
                    {"met", it.met},
                    {"changed", it.changed}});
  return list;
}

FaultMark fault_of(const Json& json) {
  FaultMark mark;
  mark.fault = json.at("fault");
  mark.kind = json.at("kind");
  mark.target = json.at("target");
  mark.by_proxy = json.at("byProxy");
  mark.done = json.at("done");
  mark.outcome = json.at("outcome");
  mark.began.us = json.at("began");
  mark.ended.us = json.at("ended");
  mark.met = json.at("met");
  mark.changed = json.at("changed");
  return mark;
}

Json head_of(const Ledger& ledger) {
  Json phases = Json::array();
  for (const LedgerPhase& phase : ledger.phases) phases.push_back({{"name", phase.name}, {"warmup", phase.warmup}});
  Json head = {{"format", format_name},
               {"version", format_version},
               {"run", ledger.run},
               {"scenario", ledger.scenario},
               {"system", ledger.system},
               {"method", ledger.method},
               {"path", ledger.path},
               {"keyed", ledger.keyed},
               {"catalogue", catalogue_json(ledger)},
               {"failWays", failure_variants_json(ledger)},
               {"hotShare", ledger.hot_share},
               {"seed", ledger.seed},
               {"items", ledger.items},
               {"openLoop", ledger.open_loop},
               {"startedAt", ledger.started_at.us},
               {"endedAt", ledger.ended_at.us},
               {"targets", ledger.targets},
               {"userIds", ledger.user_ids},
               {"phases", phases}};
  if (!ledger.faults.empty()) head["faults"] = faults_json(ledger.faults);
  if (ledger.steps.size() > 1)
    for (const LedgerStep& step : ledger.steps)
      head["steps"].push_back({{"name", step.name}, {"creates", step.creates}});
  if (!ledger.agents.empty()) head["agents"] = ledger.agents;
  if (ledger.loses_cookies) head["losesCookies"] = true;
  return head;
}

// Formatted without the JSON library for speed: a ledger has up to ten million entries. Only texts from other servers
// need escaping.
void append_entry(fmt::memory_buffer& out, const Ledger& ledger, const LedgerEntry& entry) {
  const auto at = std::back_inserter(out);
  fmt::format_to(at, R"({{"operation":{},"group":{},"kind":"{}","phase":{},"product":"{}","idempotencyKey":"{}",)",
                 entry.operation, entry.group, to_string(entry.kind), entry.phase, json_escaped(ledger.product(entry)),
                 ledger.idempotency_key(entry));
  fmt::format_to(at, R"("correlationSent":"{}","expectedTotal":"{}","target":{},"user":{},)",
                 ledger.correlation_sent(entry).text(), ledger.expected_total(entry).text(), entry.target, entry.user);
  fmt::format_to(at, R"("planned":{},"sent":{},"firstByte":{},"done":{},"status":{},"outcome":"{}","failure":"{}")",
                 entry.planned.us, entry.sent.us, entry.first_byte.us, entry.done.us, entry.http_status,
                 to_string(entry.outcome), to_string(entry.failure));
  if (ledger.steps.size() > 1)
    fmt::format_to(at, R"(,"step":{},"stepEnd":"{}","member":{})", entry.step, to_string(entry.step_end), entry.member);
  if (!ledger.agents.empty()) fmt::format_to(at, R"(,"agent":{})", entry.agent);
  if (!entry.order.is_nil()) fmt::format_to(at, R"(,"order":"{}")", json_escaped(ledger.order_text(entry)));
  if (!entry.correlation.is_nil()) fmt::format_to(at, R"(,"correlation":"{}")", entry.correlation.text());
  if (entry.claimed_status != ClaimedStatus::none) {
    fmt::format_to(at, R"(,"claimedStatus":"{}")", to_string(entry.claimed_status));
  }
  if (entry.claimed_total) fmt::format_to(at, R"(,"claimedTotal":"{}")", entry.claimed_total->text());
  fmt::format_to(at, "}}\n");
}

void write_all(OutputFile& file, const Ledger& ledger) {
  constexpr std::size_t chunk_size = 1u << 20;
  fmt::memory_buffer out;
  const auto flush = [&] {
    file.write({out.data(), out.size()});
    out.clear();
  };
  fmt::format_to(std::back_inserter(out), "{}\n", json_text(head_of(ledger)));
  for (const LedgerEntries* entries : {&ledger.entries, &ledger.step_entries}) {
    for (const LedgerEntry& entry : *entries) {
      append_entry(out, ledger, entry);
      if (out.size() >= chunk_size) flush();
    }
  }
  fmt::format_to(std::back_inserter(out), "{{\"entries\":{}}}\n", ledger.entries.size() + ledger.step_entries.size());
  flush();
}

// The JSON library throws when a member is missing or has another type; load_ledger adds the line.

Money money_of(const Json& text) {
  const auto money = parse_money(text.get<std::string>());
  if (!money) throw std::invalid_argument(money.error().message);
  return *money;
}

Ledger ledger_of(const Json& head) {
  if (head.at("format") != format_name || head.at("version") != format_version) {
    throw std::invalid_argument(
        fmt::format("the first line is not the head of a {} of version {}", format_name, format_version));
  }
  Ledger ledger;
  ledger.run = head.at("run");
  ledger.scenario = head.at("scenario");
  ledger.system = head.value("system", "order");
  ledger.method = head.value("method", "");
  ledger.path = head.value("path", "");
  ledger.keyed = head.value("keyed", false);
  ledger.hot_share = head.value("hotShare", 0.0);
  for (const Json& it : head.value("catalogue", Json::array()))
    ledger.catalogue.push_back({it.at("id"), it.at("name"), money_of(it.at("price")), it.at("number")});
  for (const Json& it : head.value("failWays", Json::array()))
    ledger.failure_variants.push_back(
        {it.at("name"), it.at("quantity").is_null() ? std::nullopt : std::optional<std::int64_t>(it.at("quantity")),
         it.at("product"), fields_of(it.value("fields", Json::object()))});
  ledger.seed = head.at("seed");
  ledger.items = head.at("items");
  ledger.open_loop = head.at("openLoop");
  ledger.loses_cookies = head.value("losesCookies", false);
  ledger.started_at.us = head.at("startedAt");
  ledger.ended_at.us = head.at("endedAt");
  ledger.targets = head.at("targets").get<std::vector<std::string>>();
  ledger.user_ids = head.at("userIds").get<std::vector<std::string>>();
  for (const Json& phase : head.at("phases")) ledger.phases.push_back({phase.at("name"), phase.at("warmup")});
  ledger.agents = head.value("agents", std::vector<std::string>());
  for (const Json& fault : head.value("faults", Json::array())) ledger.faults.push_back(fault_of(fault));
  if (!head.contains("steps")) return ledger;
  ledger.steps.clear();
  for (const Json& step : head.at("steps")) ledger.steps.push_back({step.at("name"), step.at("creates")});
  return ledger;
}

template <class Value>
Value known(const std::optional<Value>& value, const Json& text) {
  if (!value) throw std::invalid_argument(fmt::format("{} is not a known value", json_text(text)));
  return *value;
}

Uuid uuid_member(const Json& line, const char* name) {
  if (!line.contains(name)) return {};
  return known(Uuid::parse(line.at(name).get<std::string>()), line.at(name));
}

LedgerEntry entry_of(const Json& line, Ledger& ledger) {
  const auto text = [&](const char* name) { return line.at(name).get<std::string>(); };
  LedgerEntry entry;
  entry.operation = line.at("operation");
  entry.group = line.at("group");
  entry.kind = known(parse_order_kind(text("kind")), line.at("kind"));
  entry.phase = line.at("phase");
  entry.target = line.at("target");
  entry.user = line.at("user");
  entry.planned.us = line.at("planned");
  entry.sent.us = line.at("sent");
  entry.first_byte.us = line.at("firstByte");
  entry.done.us = line.at("done");
  entry.http_status = line.at("status");
  entry.outcome = known(parse_request_outcome(text("outcome")), line.at("outcome"));
  entry.failure = known(parse_transport_failure(text("failure")), line.at("failure"));
  if (line.contains("order")) {
    const std::string id = text("order");
    entry.order = order_ref(id);
    if (id != entry.order.text()) entry.order_name = ledger.entries.name(id);
  }
  entry.correlation = uuid_member(line, "correlation");
  if (line.contains("claimedStatus")) {
    entry.claimed_status = known(parse_claimed_status(text("claimedStatus")), line.at("claimedStatus"));
  }
  if (line.contains("claimedTotal")) entry.claimed_total = money_of(line.at("claimedTotal"));
  if (line.contains("step")) {
    entry.step = line.at("step");
    entry.step_end = known(parse_step_end(text("stepEnd")), line.at("stepEnd"));
    entry.member = line.at("member");
  }
  entry.agent = line.value("agent", std::uint16_t{0});
  if (entry.agent > 0 && entry.agent >= ledger.agents.size())
    throw std::invalid_argument("its agent is not in the head");
  if (entry.step >= ledger.steps.size()) throw std::invalid_argument("its step is not in the head");
  if (entry.phase >= ledger.phases.size()) throw std::invalid_argument("its phase is not in the head");
  if (entry.target >= ledger.targets.size()) throw std::invalid_argument("its target is not in the head");
  return entry;
}

}  // namespace

Result<void> save_ledger(const Ledger& ledger, const std::string& path) {
  OutputFile file(path);
  write_all(file, ledger);
  return file.finish();
}

Result<Ledger> load_ledger(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::not_found, fmt::format("cannot read the ledger {}", path)};
  std::string text;
  std::size_t number = 0;
  try {
    Ledger ledger;
    while (std::getline(file, text)) {
      ++number;
      const Json line = Json::parse(text);
      if (number == 1) {
        ledger = ledger_of(line);
      } else if (line.contains("entries")) {
        if (line.at("entries") == ledger.entries.size() + ledger.step_entries.size()) return ledger;
        throw std::invalid_argument("the number of entries is wrong");
      } else {
        const LedgerEntry entry = entry_of(line, ledger);
        (ledger.steps[entry.step].creates ? ledger.entries : ledger.step_entries).push_back(entry);
      }
    }
  } catch (const std::exception& wrong) {
    return Error{ErrorCode::invalid, fmt::format("{}, line {}: {}", path, number, wrong.what())};
  }
  return Error{ErrorCode::invalid,
               fmt::format("{}, line {}: the last line is missing: the file is truncated", path, number)};
}

}  // namespace sagactl
