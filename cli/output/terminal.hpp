// The streams of one run, given from outside, so that a whole command runs in a test.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace sagactl {

// Results go to `out`, everything else to `err`. The streams outlive the run.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool out_is_tty = false;
  bool err_is_tty = false;
  bool in_is_tty = false;
  int width = 80;        // columns of a terminal that does not tell, or is not there
  bool colour = false;   // may colours be used on `out`?
  bool redraws = true;   // may what was written be written over? Not on a dumb terminal
  bool whole = false;    // tables in their full width
  int columns_requested = 0;  // for tables where `out` is no terminal, as COLUMNS says; 0: as wide as they are
  // Columns and lines of the terminals behind `out` and `err`, which change when their windows do; 0: not known.
  std::function<int()> measure_out = {}, measure_err = {}, measure_lines = {};
  // Writes what is left of `out`: 0, or the errno of what could not be written. Empty: the stream itself tells.
  std::function<int()> finish_out = {};

  int out_width() const;    // columns
  int err_width() const;
  int lines() const;        // of `out`; 0: not known
  int table_width() const;  // that a table on `out` is to keep to; 0: it may be as wide as it is
};

// Colours, by what they mean. Off: the text as it is.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}

  std::string good(std::string_view text) const { return in("32", text); }
  std::string bad(std::string_view text) const { return in("31", text); }
  std::string warning(std::string_view text) const { return in("33", text); }
  std::string faint(std::string_view text) const { return in("2", text); }
  std::string strong(std::string_view text) const { return in("1", text); }
  // A status of an order, saga, step or payment, or a verdict.
  std::string status(std::string_view text) const;

 private:
  std::string in(std::string_view code, std::string_view text) const;
  bool on_;
};

}  // namespace sagactl
