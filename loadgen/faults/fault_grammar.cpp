#include "loadgen/faults/fault_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t text_max = 4096;
constexpr Duration time_max = 24h;
constexpr Duration delay_max = 10min;
constexpr std::uint64_t bandwidth_max = 100'000'000'000;

constexpr std::string_view fault_example = "pause node-2 at 10s for 5s";
constexpr std::string_view run_example = "run \"docker kill pg\" at 10s for 5s undo \"docker start pg\"";
constexpr std::string_view proxy_example = "delay 200ms of 10% from 5s to 15s";

template <class... Args>
Error wrong_fault(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorCode::invalid, fmt::format(format, std::forward<Args>(args)...)};
}

// The words of a text: blanks separate them, quotes keep them together.
class FaultWords {
 public:
  struct Word {
    std::string text;
    std::size_t at = 0;  // its first character, from 1
    bool quoted = false;
  };

  FaultWords(std::string_view text, std::string_view example) : text_(text), example_(example) {}

  Result<void> read() {
    if (text_.size() > text_max) return wrong_fault("longer than {} characters", text_max);
    for (std::size_t i = 0; i < text_.size();) {
      if (text_[i] == ' ' || text_[i] == '\t' || text_[i] == '\n') {
        ++i;
        continue;
      }
      Word word{"", i + 1, false};
      if (text_[i] == '"' || text_[i] == '\'') {
        if (!quoted(i, word)) return at(word.at, "this quote is not closed");
      } else {
        while (i < text_.size() && text_[i] != ' ' && text_[i] != '\t' && text_[i] != '\n') word.text += text_[i++];
      }
      words_.push_back(std::move(word));
    }
    return {};
  }

  bool ended() const { return next_ == words_.size(); }
  bool is(std::string_view word) const { return !ended() && !words_[next_].quoted && words_[next_].text == word; }
  Word take() { return words_[next_++]; }
  // Where the next word is, or would be.
  std::size_t place() const { return ended() ? text_.size() + 1 : words_[next_].at; }

  Error at(std::size_t place, std::string_view what) const {
    return wrong_fault("'{}', at character {}: {}; write for example {}", text_, place, what, example_);
  }
  Error here(std::string_view what) const { return at(place(), what); }

 private:
  bool quoted(std::size_t& i, Word& word) {
    const char quote = text_[i++];
    word.quoted = true;
    for (; i < text_.size() && text_[i] != quote; ++i) {
      if (quote == '"' && text_[i] == '\\' && i + 1 < text_.size()) ++i;
      word.text += text_[i];
    }
    return i++ < text_.size();
  }

  std::string_view text_, example_;
  std::vector<Word> words_;
  std::size_t next_ = 0;
};

// Takes the value of `what`, and reads it with `parse`.
template <class Parse>
auto value_of(FaultWords& words, std::string_view what, Parse parse) -> decltype(parse(std::string_view())) {
  if (words.ended()) return words.here(fmt::format("{} is missing", what));
  const FaultWords::Word word = words.take();
  auto value = parse(std::string_view(word.text));
  if (!value) return words.at(word.at, value.error().message);
  return value;
}

Result<FaultTarget> numbered(FaultTarget::Kind kind, std::string_view text, std::int64_t max) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number || *number < 1 || *number > max)
    return wrong_fault("'{}' is not a {}: write a number from 1 to {}", text, to_string(kind), max);
  return FaultTarget{kind, "", *number};
}

Result<FaultTarget> target_of_kind(FaultTarget::Kind kind, const std::string& value) {
  constexpr std::int64_t pid_max = 4'194'304, port_max = 65'535;
  if (value.empty()) return wrong_fault("the {} is empty", to_string(kind));
  switch (kind) {
    case FaultTarget::Kind::pid:
      return numbered(kind, value, pid_max);
    case FaultTarget::Kind::port:
      return numbered(kind, value, port_max);
    case FaultTarget::Kind::container:
    case FaultTarget::Kind::node:
      if (value.front() == '-') return wrong_fault("'{}' is not the name of a {}", value, to_string(kind));
      return FaultTarget{kind, value, 0};
    case FaultTarget::Kind::pidfile:
    case FaultTarget::Kind::command:
      return FaultTarget{kind, value, 0};
  }
  crash("unknown kind of target");
}

Result<FaultTarget> take_target(FaultWords& words) {
  constexpr std::string_view kinds =
      "name a node, pid NUMBER, pidfile FILE, command \"PART OF ITS COMMAND LINE\", port NUMBER or container NAME";
  if (words.ended() || words.is("at") || words.is("for"))
    return words.here(fmt::format("its target is missing: {}", kinds));
  const FaultWords::Word first = words.take();
  const auto kind = first.quoted ? std::nullopt : from_string<FaultTarget::Kind>(first.text);
  if (kind)
    return value_of(words, fmt::format("the {}", first.text),
                    [&](std::string_view text) { return target_of_kind(*kind, std::string(text)); });
  const bool is_number = parse_number<std::int64_t>(first.text).has_value();
  auto target = target_of_kind(is_number ? FaultTarget::Kind::pid : FaultTarget::Kind::node, first.text);
  if (!target) return words.at(first.at, target.error().message);
  return target;
}

// Once for each word that introduces a value.
class OnlyOnce {
 public:
  Result<void> take(const FaultWords& words, const FaultWords::Word& word) {
    if (!taken_.emplace(word.text, true).second)
      return words.at(word.at, fmt::format("'{}' is there twice", word.text));
    return {};
  }
  bool has(const std::string& word) const { return taken_.contains(word); }

 private:
  std::map<std::string, bool> taken_;
};

Result<void> read_times(FaultWords& words, Fault& fault) {
  OnlyOnce once;
  while (!words.ended()) {
    const FaultWords::Word word = words.take();
    const bool is_known = !word.quoted && (word.text == "at" || word.text == "for" || word.text == "undo");
    if (!is_known)
      return words.at(word.at, fmt::format("'{}' is not expected here: at TIME, for TIME{}", word.text,
                                           fault.action == FaultAction::run ? ", undo \"COMMAND\"" : ""));
    if (auto taken = once.take(words, word); !taken) return taken;
    if (word.text == "undo") {
      if (words.ended()) return words.here("the command that undoes it is missing");
      fault.undo = words.take().text;
      continue;
    }
    const auto time = value_of(words, fmt::format("the time after '{}'", word.text), parse_fault_time);
    if (!time) return time.error();
    if (word.text == "at")
      fault.at = *time;
    else
      fault.length = *time;
  }
  if (!once.has("at")) return words.here("when is missing: at TIME, counted from the start of the measured load");
  return {};
}

Result<void> read_proxy_options(FaultWords& words, ProxyFault& fault) {
  OnlyOnce once;
  while (!words.ended()) {
    const FaultWords::Word word = words.take();
    const auto known = [&](std::string_view name) { return !word.quoted && word.text == name; };
    if (!known("of") && !known("from") && !known("to") && !known("on"))
      return words.at(word.at,
                      fmt::format("'{}' is not expected here: of SHARE, from TIME, to TIME, on URL", word.text));
    if (auto taken = once.take(words, word); !taken) return taken;
    if (known("of")) {
      const auto share = value_of(words, "the share after 'of'", parse_fault_share);
      if (!share) return share.error();
      fault.share = *share;
    } else if (known("on")) {
      if (words.ended()) return words.here("the URL after 'on' is missing");
      fault.target = words.take().text;
    } else {
      const auto time = value_of(words, fmt::format("the time after '{}'", word.text), parse_fault_time);
      if (!time) return time.error();
      if (known("from"))
        fault.from = *time;
      else
        fault.to = *time;
    }
  }
  return {};
}

Result<void> read_proxy_value(FaultWords& words, ProxyFault& fault) {
  if (fault.action == ProxyAction::delay)
    return value_of(words, "how long, such as 200ms,",
                    [&](std::string_view text) { return parse_delay_range(text, fault); });
  if (fault.action == ProxyAction::throttle) {
    const auto rate = value_of(words, "the rate, such as 100kB/s,", parse_bandwidth);
    if (!rate) return rate.error();
    fault.bytes_per_second = *rate;
  }
  if (fault.action == ProxyAction::answer) {
    const auto status = value_of(words, "the status, such as 503,", parse_answer_status);
    if (!status) return status.error();
    fault.status = *status;
  }
  return {};
}

}  // namespace

Result<FaultTarget> parse_fault_target(std::string_view text) {
  FaultWords words(text, "node-2");
  if (auto read = words.read(); !read) return read.error();
  auto target = take_target(words);
  if (target && !words.ended()) return words.here("more than one target");
  return target;
}

Result<Duration> parse_fault_time(std::string_view text) {
  const auto time = parse_duration(text);
  if (!time || *time < Duration{0}) return wrong_fault("'{}' is not a time such as 500ms, 10s or 2m", text);
  if (*time > time_max) return wrong_fault("'{}' is longer than a day", text);
  return *time;
}

Result<void> parse_delay_range(std::string_view text, ProxyFault& fault) {
  const std::size_t dots = text.find("..");
  const auto from = parse_duration(text.substr(0, dots));
  const auto to = dots == std::string_view::npos ? from : parse_duration(text.substr(dots + 2));
  if (!from || !to || *from < Duration{0} || *to < *from || *to == Duration{0})
    return wrong_fault("'{}' is not a delay such as 200ms or 100ms..300ms", text);
  if (*to > delay_max) return wrong_fault("'{}' is longer than 10 minutes", text);
  fault.delay_min = *from;
  fault.delay_max = *to;
  return {};
}

Result<std::uint64_t> parse_bandwidth(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  constexpr Unit units[] = {{"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}, {"B/s", 1}};
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = parse_number<double>(text.substr(0, text.size() - unit.name.size()));
    if (!number || !std::isfinite(*number)) break;
    const double bytes = *number * unit.bytes;
    if (bytes < 1 || bytes > static_cast<double>(bandwidth_max)) break;
    return static_cast<std::uint64_t>(bytes);
  }
  return wrong_fault("'{}' is not a rate such as 500B/s, 100kB/s or 1MB/s", text);
}

Result<double> parse_fault_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto number = parse_number<double>(percent ? text.substr(0, text.size() - 1) : text);
  const double share = number ? *number / (percent ? 100 : 1) : 0;
  if (!number || !(share > 0 && share <= 1)) return wrong_fault("'{}' is not a share above 0: write 10% or 0.1", text);
  return share;
}

Result<int> parse_answer_status(std::string_view text) {
  const auto status = parse_number<int>(text);
  if (!status || *status < 400 || *status > 599) return wrong_fault("'{}' is not a status from 400 to 599", text);
  return *status;
}

Result<ProxyAction> parse_proxy_action(std::string_view text) {
  if (const auto action = from_string<ProxyAction>(text)) return *action;
  if (const auto plural = from_string<ProxyAction>(fmt::format("{}s", text))) return *plural;
  return wrong_fault(
      "'{}' is not a fault of the proxy: delay, throttle, cut requests, cut answers, cut connections, "
      "duplicate or answer",
      text);
}

Result<void> check(const Fault& fault) {
  if (fault.action == FaultAction::run) {
    if (trim(fault.command).empty()) return wrong_fault("the command is empty; write for example {}", run_example);
    if (fault.length && fault.undo.empty())
      return wrong_fault(
          "'for' says when a command is undone: add undo \"COMMAND\", or leave it out; write for example {}",
          run_example);
  } else if (!fault.undo.empty()) {
    return wrong_fault("only a command has an undo, and a {} has none; write for example {}", to_string(fault.action),
                       run_example);
  }
  if (fault.action == FaultAction::pause && !fault.length)
    return wrong_fault("how long is missing: a pause needs for TIME; write for example {}", fault_example);
  if (fault.action == FaultAction::pause && *fault.length == Duration{0})
    return wrong_fault("a pause of no time is none; write for example {}", fault_example);
  if (fault.action == FaultAction::kill && fault.length)
    return wrong_fault("what is killed stays down: leave out 'for', or write restart for kill; write for example {}",
                       "restart node-2 at 10s for 5s");
  return {};
}

Result<void> check(const ProxyFault& fault) {
  if (fault.to && *fault.to <= fault.from)
    return wrong_fault("it ends before it begins: 'to' has to be after 'from'; write for example {}", proxy_example);
  if (fault.action == ProxyAction::throttle && fault.share < 1)
    return wrong_fault("throttle is for all connections: leave out 'of'");
  return {};
}

Result<Fault> parse_fault(std::string_view text) {
  FaultWords words(text, text.starts_with("run") ? run_example : fault_example);
  if (auto read = words.read(); !read) return read.error();
  if (words.ended()) return words.here("it is empty");
  const FaultWords::Word first = words.take();
  const auto action = from_string<FaultAction>(first.text);
  if (!action) return words.at(first.at, fmt::format("'{}' is not a fault: pause, kill, restart or run", first.text));
  Fault fault;
  fault.action = *action;
  if (*action == FaultAction::run) {
    if (words.ended() || words.is("at")) return words.here("the command is missing, in quotes");
    fault.command = words.take().text;
  } else {
    auto target = take_target(words);
    if (!target) return target.error();
    fault.target = std::move(*target);
  }
  if (auto read = read_times(words, fault); !read) return read.error();
  if (auto checked = check(fault); !checked) return wrong_fault("'{}': {}", text, checked.error().message);
  return fault;
}

Result<ProxyFault> parse_proxy_fault(std::string_view text) {
  FaultWords words(text, proxy_example);
  if (auto read = words.read(); !read) return read.error();
  if (words.ended()) return words.here("it is empty");
  const FaultWords::Word first = words.take();
  std::string name = first.text;
  if (name == "cut") {
    if (words.ended()) return words.here("what is cut is missing: requests, answers or connections");
    name += ' ';
    name += words.take().text;
  }
  const auto action = parse_proxy_action(name);
  if (!action) return words.at(first.at, action.error().message);
  ProxyFault fault;
  fault.action = *action;
  if (auto read = read_proxy_value(words, fault); !read) return read.error();
  if (auto read = read_proxy_options(words, fault); !read) return read.error();
  if (auto checked = check(fault); !checked) return wrong_fault("'{}': {}", text, checked.error().message);
  return fault;
}

}  // namespace sagactl
