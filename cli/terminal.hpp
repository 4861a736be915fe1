// The streams of one run, given from outside, so that a whole command runs in a test.
#pragma once

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
  int width = 80;       // columns of `out`
  bool colour = false;  // may colours be used on `out`?
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
