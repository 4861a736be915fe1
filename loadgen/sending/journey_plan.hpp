// The steps of a profile's journeys, ready to run. A profile of one request has one step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/answers/answer_values.hpp"
#include "loadgen/answers/order_answer.hpp"
#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/messages/message_plan.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

inline constexpr std::uint8_t any_branch = 255;

struct StepPlan {
  StepPlan(const Profile& profile, const std::vector<ValueSource>& keep);

  std::string name;
  bool creates = false;
  AnswerPlan answers;
  AnswerValues values;
  bool reads_body = false;             // looks for anything in the body
  std::optional<std::size_t> cookies;  // the place of set-cookie in the answers' headers
  std::int64_t pause_least_ns = 0, pause_most_ns = 0;
  bool repeats = false;  // until the answer is marked: OrderAnswer::is_duplicate
  std::int64_t every_ns = 0, at_most_ns = 0;
  std::uint8_t branch = any_branch;
  bool is_cause = false;                 // its request may change something, so that messages follow from it
  std::unique_ptr<MessagePlan> message;  // null: a request
  mutable FirstAnswers first_answers;    // thread-safe
};

// Thread-safe.
class JourneyPlan {
 public:
  JourneyPlan(const Profile& profile, std::uint64_t seed);

  std::size_t size() const { return steps_.size(); }
  const StepPlan& step(std::size_t index) const { return *steps_[index]; }
  bool reads_body() const;                                        // any step
  std::vector<const MessagePlan*> messages(bool of_kafka) const;  // of the steps that have any
  bool has_messages() const { return !messages(false).empty() || !messages(true).empty(); }
  std::size_t creating_step() const { return creating_; }
  // The first step from `from` on that a journey of the branch takes.
  std::optional<std::size_t> next(std::size_t from, std::uint8_t branch) const;
  // Of a journey by its number: in each sequence of as many journeys as the sum of the shares, each branch has exactly
  // its share, in an order by the seed.
  std::uint8_t branch_of(std::uint64_t journey) const;
  std::int64_t pause_ns(std::size_t step, std::uint64_t journey) const;
  std::size_t values() const { return values_; }  // kept_names of the scope journey
  CookieUse cookies() const { return cookies_; }
  // Whether users log in by requests, which may be repeated.
  bool logs_in() const { return logs_in_; }
  std::vector<LedgerStep> ledger_steps() const;
  // Whether all requests of a journey are of one user, though orders of a group are of several.
  bool has_one_user() const { return size() > 1 || cookies_ != CookieUse::none; }

 private:
  void add(const Profile& profile, const JourneyStep& step);
  void add_creating(const Profile& profile);
  void add_message(StepPlan& made, const MessageStep& step) const;
  void finish(StepPlan& step, const StepPause& pause) const;

  std::vector<std::unique_ptr<StepPlan>> steps_;
  std::vector<std::uint8_t> turns_;  // the branch of each journey of one sequence
  std::uint64_t seed_;
  std::size_t creating_ = 0;
  std::size_t values_ = 0;
  CookieUse cookies_ = CookieUse::none;
  bool logs_in_ = false;
};

// Of each step: the beginning of an answer with which journeys ended early; "" for none.
std::vector<std::string> unexpected_answers(const JourneyPlan& plan, const Ledger& ledger);

}  // namespace sagactl
