// Structured logging to standard error, one logfmt line per event:
//   time=2026-11-20T13:04:07.137Z level=error event="database unavailable" node=node-1 attempt=3
// Any thread may log. `event` is a constant text; what varies goes into fields. Secrets are never logged:
// the value of a field named like one (token, password, secret, authorization) is replaced.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sagactl {

enum class LogLevel { debug, info, warn, error };

struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, bool flag) : key(name), value(flag ? "true" : "false") {}
  template <std::integral N>
  LogField(std::string_view name, N number) : key(name), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

// A warning or error of one event is written at most `log_repeats_max` times in `log_window_s` seconds; the
// first line after that has the number of lines that were left out.
inline constexpr int log_repeats_max = 10;
inline constexpr int log_window_s = 10;

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, event, fields);
}

// Less severe events than this are dropped. The default is `info`.
void set_log_level(LogLevel level);

// Gets the lines, without their line end, instead of standard error; called under a lock. Empty: standard error again.
void set_log_sink(std::function<void(std::string_view line)> sink);

}  // namespace sagactl
