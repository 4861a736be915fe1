#include "cli/output/terminal.hpp"

#include <algorithm>
#include <array>

namespace sagactl {
namespace {

int measured(const std::function<int()>& measure, int default_size) {
  const int columns = measure ? measure() : 0;
  return columns > 0 ? columns : default_size;
}

}  // namespace

int Terminal::out_width() const {
  return measured(measure_out, width);
}

int Terminal::err_width() const {
  return measured(measure_err, width);
}

int Terminal::text_width() const {
  return wide || !err_is_tty ? 0 : err_width();
}

int Terminal::lines() const {
  return measured(measure_lines, 0);
}

int Terminal::table_width() const {
  if (wide) return 0;
  return out_is_tty ? out_width() : 0;
}

std::string Paint::in(std::string_view code, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string Paint::status(std::string_view text) const {
  static constexpr std::array<std::string_view, 9> goods = {"completed", "succeeded", "paid", "shipped", "delivered",
                                                            "ok",        "PASS",      "up",   "refunded"};
  static constexpr std::array<std::string_view, 5> bads = {"failed", "FAIL", "fail", "down", "stuck"};
  static constexpr std::array<std::string_view, 6> warnings = {"compensated", "compensating", "cancelled",
                                                               "warn",        "UNKNOWN",      "unknown"};
  const auto is_in = [&](const auto& words) { return std::find(words.begin(), words.end(), text) != words.end(); };
  if (is_in(goods)) return good(text);
  if (is_in(bads)) return bad(text);
  if (is_in(warnings)) return warning(text);
  return std::string(text);
}

}  // namespace sagactl
