// How the requests of a run were answered: each status and each failure with its count and first text, and the outcomes
// per target.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// The beginning of the first answer of each status. Thread-safe, and cheap for a known status.
class FirstAnswers {
 public:
  static constexpr std::size_t text_max = 300;
  // In place of a status: bytes that are no HTTP answer, why there was no connection, and why an answer whose status
  // says nothing of it refuses.
  static constexpr int unreadable = 0, no_connection = 1, refusal = 2;

  // `location`: where a redirection points; "" without one.
  void note(int status, std::string_view body, std::string_view location);
  bool is_known(int status) const {
    const auto place = static_cast<std::size_t>(status);
    return place >= statuses || known_[place].load(std::memory_order_relaxed);
  }
  std::string text(int status) const;        // "" for none
  std::map<int, std::string> texts() const;  // by status, and what stands in its place

 private:
  static constexpr std::size_t statuses = 1000;
  std::array<std::atomic<bool>, statuses> known_{};
  mutable std::mutex mutex_;
  std::map<int, std::string> texts_;
};

struct AnswerCount {
  std::uint16_t http_status = 0;  // 0: no answer, and `failure` says why
  TransportFailure failure = TransportFailure::none;
  RequestOutcome outcome = RequestOutcome::unreached;
  std::uint64_t count = 0;
  std::string first = {};
  bool is_described = true;  // false: a status below 400 of which the profile does not say what it means
  friend bool operator==(const AnswerCount&, const AnswerCount&) = default;
};

struct TargetCount {
  std::uint64_t due = 0;       // sent, or not sent for lack of a connection
  std::uint64_t answered = 0;  // an answer was read, whatever its status
  std::uint64_t unreached = 0;
  friend bool operator==(const TargetCount&, const TargetCount&) = default;
};

struct AnswerCounts {
  std::vector<AnswerCount> answers;  // the most frequent first
  std::vector<TargetCount> targets;  // as in the ledger
  std::uint64_t unnamed = 0;         // accepted, but no order was named

  std::uint64_t answered() const;
  std::uint64_t due() const;
};

// After a refusal, where the profile keeps no cookies.
inline constexpr std::string_view advice_about_lost_cookies =
    "; the log-in sets a cookie, which is lost: write cookies = \"user\" at the beginning of the profile";

// Of the measured requests. `first` may be null.
AnswerCounts count_answers(const Ledger& ledger, const FirstAnswers* first);

// "401 Unauthorized", "timed out", "no connection"
std::string text_of(const AnswerCount& answer);

// ": 401 Unauthorized x 50, timed out x 2", with advice: a suffix that explains why nothing was verified.
std::string answers_text(const Ledger& ledger);

Json answers_json(const AnswerCounts& counts);                        // [{status, failure, outcome, count, first}]
Json targets_json(const AnswerCounts& counts, const Ledger& ledger);  // [{target, requests, answered, unreached}]

}  // namespace sagactl
