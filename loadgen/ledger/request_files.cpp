#include "loadgen/ledger/request_files.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "common/output_file.hpp"
#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

constexpr std::size_t buffer_size = 1u << 20;
constexpr std::string_view requests_header =
    "operation,phase,kind,group,target,outcome,status,failure,key,order,planned_us,sent_us,first_byte_us,"
    "done_us,response_ms,service_ms";

// Quoted where RFC 4180 requires it.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string time_field(Timestamp at) {
  return at.us == 0 ? std::string() : std::to_string(at.us);
}

std::string ms_field(Timestamp from, Timestamp to) {
  return from.us == 0 || to.us == 0 ? std::string()
                                    : fmt::format("{:.3f}", static_cast<double>((to - from).count()) / 1e3);
}

bool creates_order(const Ledger& ledger, const LedgerEntry& entry) {
  return ledger.steps[entry.step].creates;
}

bool has_journeys(const Ledger& ledger) {
  return ledger.steps.size() > 1;
}

// Of a step that creates no order, "duplicate" marks the answer that it waited for.
RequestOutcome outcome_of(const Ledger& ledger, const LedgerEntry& entry) {
  const bool is_awaited = entry.outcome == RequestOutcome::duplicate && !creates_order(ledger, entry);
  return is_awaited ? RequestOutcome::accepted : entry.outcome;
}

// Why a request is an error; "" where it is none.
std::string_view failure_of(const Ledger& ledger, const LedgerEntry& entry) {
  if (!(creates_order(ledger, entry) ? counts_as_error(entry) : step_counts_as_error(entry))) return {};
  return outcome_of(ledger, entry) == RequestOutcome::accepted ? to_string(entry.step_end) : to_string(entry.outcome);
}

void append_csv(fmt::memory_buffer& out, const Ledger& ledger, const LedgerEntry& entry) {
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},", entry.operation,
                 field(ledger.phases[entry.phase].name), to_string(entry.kind), entry.group,
                 field(ledger.targets[entry.target]), to_string(outcome_of(ledger, entry)),
                 entry.http_status == 0 ? std::string() : std::to_string(entry.http_status),
                 entry.failure == TransportFailure::none ? std::string_view() : to_string(entry.failure));
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{}", field(ledger.idempotency_key(entry)),
                 field(ledger.order_text(entry)), time_field(entry.planned), time_field(entry.sent),
                 time_field(entry.first_byte), time_field(entry.done), ms_field(entry.planned, entry.done),
                 ms_field(entry.sent, entry.done));
  if (has_journeys(ledger)) fmt::format_to(std::back_inserter(out), ",{}", field(ledger.steps[entry.step].name));
  if (!ledger.agents.empty()) fmt::format_to(std::back_inserter(out), ",{}", field(ledger.agents[entry.agent]));
  out.push_back('\n');
}

std::string label_of(const Ledger& ledger, const LedgerEntry& entry) {
  if (!creates_order(ledger, entry)) return ledger.steps[entry.step].name;
  return ledger.path.empty() ? ledger.system : fmt::format("{} {}", ledger.method, ledger.path);
}

// As JMeter names them: "host:port-group 1-17" where several machines have sent it.
std::string thread_name(const Ledger& ledger, const LedgerEntry& entry) {
  const std::string name = fmt::format("{} 1-{}", ledger.phases[entry.phase].name, entry.user + 1);
  return ledger.agents.empty() ? name : fmt::format("{}-{}", ledger.agents[entry.agent], name);
}

void append_jtl(fmt::memory_buffer& out, const Ledger& ledger, const LedgerEntry& entry) {
  const auto ms = [](Timestamp from, Timestamp to) {
    return from.us == 0 || to.us == 0 ? 0 : (to - from).count() / 1000;
  };
  const Timestamp began = entry.sent.us == 0 ? entry.planned : entry.sent;
  const AnswerCount answer{entry.http_status, entry.failure, entry.outcome, 1};
  const bool is_message = entry.http_status == 0 && entry.failure == TransportFailure::none;
  const std::string message = is_message ? std::string(to_string(outcome_of(ledger, entry))) : text_of(answer);
  // JMeter shows an exception in place of the code of an answer that did not come.
  const std::string code = is_message ? std::string()
                           : entry.http_status == 0
                               ? fmt::format("Non HTTP response code: {}", to_string(entry.failure))
                               : std::to_string(entry.http_status);
  const std::string_view failure = failure_of(ledger, entry);
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},text,{},{},0,0,1,1,{},{},0,0\n", began.us / 1000,
                 ms(began, entry.done), field(label_of(ledger, entry)), code, field(message),
                 field(thread_name(ledger, entry)), failure.empty() ? "true" : "false", failure,
                 field(ledger.targets[entry.target]), ms(entry.sent, entry.first_byte));
}

// Of one journey after the other, as they were planned.
template <class Take>
void each_request(const Ledger& ledger, const Take& take) {
  auto order = ledger.entries.begin();
  const auto orders_before = [&](const LedgerEntry& step) {
    const LedgerEntry& it = *order;
    return it.journey() < step.operation || (it.journey() == step.operation && it.planned <= step.planned);
  };
  for (const LedgerEntry& step : ledger.step_entries) {
    while (order != ledger.entries.end() && orders_before(step)) take(*order++);
    take(step);
  }
  while (order != ledger.entries.end()) take(*order++);
}

template <class Append>
Result<void> save(const Ledger& ledger, const std::filesystem::path& path, std::string_view header,
                  const Append& append) {
  OutputFile file(path);
  fmt::memory_buffer out;
  fmt::format_to(std::back_inserter(out), "{}\n", header);
  each_request(ledger, [&](const LedgerEntry& entry) {
    append(out, entry);
    if (out.size() < buffer_size) return;
    file.write({out.data(), out.size()});
    out.clear();
  });
  file.write({out.data(), out.size()});
  return file.finish();
}

}  // namespace

Result<void> save_requests_csv(const Ledger& ledger, const std::filesystem::path& path) {
  return save(ledger, path,
              fmt::format("{}{}{}", requests_header, has_journeys(ledger) ? ",step" : "",
                          ledger.agents.empty() ? "" : ",agent"),
              [&](fmt::memory_buffer& out, const LedgerEntry& entry) { append_csv(out, ledger, entry); });
}

Result<void> save_requests_jtl(const Ledger& ledger, const std::filesystem::path& path) {
  return save(ledger, path,
              "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,"
              "sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect",
              [&](fmt::memory_buffer& out, const LedgerEntry& entry) {
                if (ledger.is_measured(entry)) append_jtl(out, ledger, entry);
              });
}

}  // namespace sagactl
