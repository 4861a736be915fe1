#include "common/log.hpp"

#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "common/text/hex.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

constexpr std::size_t value_length_max = 2048;
constexpr std::size_t events_remembered_max = 256;

std::atomic<LogLevel> least_level{LogLevel::info};

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

bool names_a_secret(std::string_view key) {
  const std::string name = lower(key);
  for (const std::string_view word : {"password", "token", "secret", "authorization", "credential"})
    if (name.find(word) != name.npos) return true;
  return false;
}

// Quoted where the end of the value would be ambiguous; control characters never reach the terminal.
void append_value(std::string& out, std::string_view value) {
  const bool cut = value.size() > value_length_max;
  if (cut) value = value.substr(0, value_length_max);
  const auto plain = [](char c) { return c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F; };
  bool quoted = value.empty() || cut;
  for (const char c : value) quoted = quoted || (static_cast<unsigned char>(c) < 0x80 && !plain(c));
  if (!quoted) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      out += "\\x";
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[c & 15];
    } else {
      out += c;
    }
  }
  if (cut) out += "...";
  out += '"';
}

// Counts how often each event was written recently. Guarded by the output's mutex.
class Repeats {
 public:
  // Nothing when this line exceeds the limit; else the number of lines left out since the last one.
  std::optional<int> admit(std::string_view event, Timestamp now) {
    if (counts_.size() >= events_remembered_max && !counts_.contains(event)) counts_.clear();
    auto found = counts_.find(event);
    if (found == counts_.end()) found = counts_.emplace(std::string(event), Count{now, 0, 0}).first;
    Count& count = found->second;
    if (now - count.since >= std::chrono::seconds(log_window_s)) {
      const int left_out = count.left_out;
      count = Count{now, 1, 0};
      return left_out;
    }
    if (count.written >= log_repeats_max) {
      ++count.left_out;
      return std::nullopt;
    }
    ++count.written;
    return 0;
  }

 private:
  struct Count {
    Timestamp since;
    int written;
    int left_out;
  };
  std::map<std::string, Count, std::less<>> counts_;
};

struct Output {
  std::mutex mutex;
  std::function<void(std::string_view)> sink;
  Repeats repeats;
};

// Never destroyed: threads may log while the program ends.
Output& output() {
  static Output& only = *new Output;
  return only;
}

void write_to_stderr(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < least_level.load(std::memory_order_relaxed)) return;
  const Timestamp now = wall_clock_now();
  std::string line = "time=" + iso8601_ms(now) + " level=";
  line += name_of(level);
  line += " event=";
  append_value(line, event);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (names_a_secret(field.key))
      append_value(line, "[not shown]");
    else
      append_value(line, without_secrets(std::string_view(field.value)));
  }
  Output& out = output();
  const std::lock_guard lock(out.mutex);
  if (level >= LogLevel::warn) {
    const auto left_out = out.repeats.admit(event, now);
    if (!left_out) return;
    if (*left_out > 0) line += " left_out=" + std::to_string(*left_out);
  }
  if (out.sink) {
    out.sink(line);
  } else {
    write_to_stderr(std::move(line));
  }
}

void set_log_level(LogLevel level) {
  least_level.store(level, std::memory_order_relaxed);
}

void set_log_sink(std::function<void(std::string_view line)> sink) {
  const std::lock_guard lock(output().mutex);
  output().sink = std::move(sink);
}

}  // namespace sagactl
