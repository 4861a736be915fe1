// The streams of one run. They are passed in, so that a test can run a complete command.
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
  int width = 80;          // columns of a terminal whose size is not known
  bool colour = false;     // use colours on `out`
  bool can_redraw = true;  // whether output can be overwritten; false on a dumb terminal
  bool wide = false;       // neither cut nor wrap
  // The current columns and lines of the terminals of `out` and `err`; 0: not known.
  std::function<int()> measure_out = {}, measure_err = {}, measure_lines = {};
  // Flushes `out`: returns 0, or the errno of a failed write. May be empty: then the state of the stream counts.
  std::function<int()> finish_out = {};

  int out_width() const;  // columns
  int err_width() const;
  int text_width() const;   // for lines on `err`; 0: any width
  int lines() const;        // of `out`; 0: not known
  int table_width() const;  // for tables on `out`; 0: any width, as when `out` is not a terminal
};

// Colours by meaning. When off, texts are unchanged.
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
