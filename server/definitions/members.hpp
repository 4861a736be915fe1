// Reads the members of an object of a definition, and reports what is wrong with them: unknown ones, missing ones and
// those of a wrong type.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.hpp"
#include "server/definitions/source.hpp"

namespace sagactl {

// A value and its JSON pointer.
struct Found {
  const SourceValue* value = nullptr;
  std::string path;

  explicit operator bool() const { return value != nullptr; }
  Found item(std::size_t index) const;
};

// The JSON pointer of a member: escapes its name.
std::string below(const std::string& path, std::string_view name);

// The most that are reported of one definition: a text that is something else entirely could have any number.
inline constexpr std::size_t problems_max = 1000;
struct TooManyProblems {};

// Collects problems. Throws TooManyProblems for one more than problems_max.
class Findings {
 public:
  void mistake(const Found& at, std::string message, std::string hint = {});
  void mistake(Position at, std::string path, std::string message, std::string hint = {});
  void warning(const Found& at, std::string message, std::string hint = {});

  bool has_mistake() const { return sagactl::has_mistake(problems_); }
  std::vector<Problem>& problems() { return problems_; }
  // In the order of their places, each once; of too many the first.
  std::vector<Problem> take();

 private:
  void add(Problem problem);

  std::vector<Problem> problems_;
};

// The members of a participant, and of a step.
const std::vector<std::string>& participant_members();
const std::vector<std::string>& step_members();

// "did you mean `steps`?", or else "there are `a`, `b`"; empty when there are no candidates.
std::string hint_of_names(std::string_view word, const std::vector<std::string>& candidates);
// "`a`, `b`"
std::string quoted_names(const std::vector<std::string>& names);

// [A-Za-z][A-Za-z0-9_-]{0,63}; a mistake otherwise. `what`: "a step".
bool check_name(Findings& findings, Position at, const std::string& path, std::string_view name, std::string_view what);

// "90s" as the shortest of "1.5m" and its like without a fraction: 90s, 15m, 2d.
std::string canonical_duration(Duration duration);

struct DurationRange {
  Duration min, max;
};

class Members {
 public:
  // Reports a value that is no object, and members that are not `known`. `what`: "a step".
  Members(Findings& findings, Found object, std::string_view what, std::vector<std::string> known);

  bool is_object() const { return is_object_; }
  const Found& object() const { return object_; }
  Found get(std::string_view name) const;       // null: there is none
  Found required(std::string_view name) const;  // reports a missing one
  Position place_of(std::string_view name) const;

  // The text; nothing when there is none, or another type, which is reported.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t min, std::uint64_t max) const;
  std::optional<Duration> duration(std::string_view name, DurationRange range) const;

 private:
  Findings& findings_;
  const Found object_;
  const std::string_view what_;
  bool is_object_ = false;
};

}  // namespace sagactl
