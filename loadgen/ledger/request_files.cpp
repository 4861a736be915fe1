#include "loadgen/ledger/request_files.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "common/output_file.hpp"
#include "loadgen/ledger/answer_counts.hpp"

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

bool was_successful(const LedgerEntry& entry) {
  return entry.outcome == RequestOutcome::accepted || entry.outcome == RequestOutcome::duplicate;
}

void append_csv(fmt::memory_buffer& out, const Ledger& ledger, const LedgerEntry& entry) {
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},", entry.operation,
                 field(ledger.phases[entry.phase].name), to_string(entry.kind), entry.group,
                 field(ledger.targets[entry.target]), to_string(entry.outcome),
                 entry.http_status == 0 ? std::string() : std::to_string(entry.http_status),
                 entry.failure == TransportFailure::none ? std::string_view() : to_string(entry.failure));
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{}", field(ledger.idempotency_key(entry)),
                 field(ledger.order_text(entry)), time_field(entry.planned), time_field(entry.sent),
                 time_field(entry.first_byte), time_field(entry.done), ms_field(entry.planned, entry.done),
                 ms_field(entry.sent, entry.done));
  if (!ledger.agents.empty()) fmt::format_to(std::back_inserter(out), ",{}", field(ledger.agents[entry.agent]));
  out.push_back('\n');
}

std::string label_of(const Ledger& ledger) {
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
  const std::string message = text_of(answer);
  // JMeter shows an exception in place of the code of an answer that did not come.
  const std::string code = entry.http_status == 0 ? "Non HTTP response code: " + std::string(to_string(entry.failure))
                                                  : std::to_string(entry.http_status);
  const bool success = was_successful(entry);
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},text,{},{},0,0,1,1,{},{},0,0\n", began.us / 1000,
                 ms(began, entry.done), field(label_of(ledger)), code, field(message),
                 field(thread_name(ledger, entry)), success ? "true" : "false",
                 success ? std::string_view() : to_string(entry.outcome), field(ledger.targets[entry.target]),
                 ms(entry.sent, entry.first_byte));
}

template <class Append>
Result<void> save(const Ledger& ledger, const std::filesystem::path& path, std::string_view header,
                  const Append& append) {
  OutputFile file(path);
  fmt::memory_buffer out;
  fmt::format_to(std::back_inserter(out), "{}\n", header);
  for (const LedgerEntry& entry : ledger.entries) {
    append(out, entry);
    if (out.size() < buffer_size) continue;
    file.write({out.data(), out.size()});
    out.clear();
  }
  file.write({out.data(), out.size()});
  return file.finish();
}

}  // namespace

Result<void> save_requests_csv(const Ledger& ledger, const std::filesystem::path& path) {
  return save(ledger, path,
              ledger.agents.empty() ? std::string(requests_header) : fmt::format("{},agent", requests_header),
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
