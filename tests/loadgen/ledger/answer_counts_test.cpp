#include "loadgen/ledger/answer_counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

LedgerEntry entry_of(std::uint16_t target, std::uint16_t status, RequestOutcome outcome,
                     TransportFailure failure = TransportFailure::none) {
  LedgerEntry entry;
  entry.target = target;
  entry.http_status = status;
  entry.outcome = outcome;
  entry.failure = failure;
  return entry;
}

Ledger answered_ledger() {
  Ledger it;
  it.targets = {"http://a:1", "http://b:1"};
  it.phases = {{"warm-up", true}, {"individual", false}};
  for (int i = 0; i < 3; ++i) it.entries.push_back(entry_of(0, 401, RequestOutcome::rejected));
  it.entries.push_back(entry_of(0, 201, RequestOutcome::accepted));
  for (int i = 0; i < 2; ++i)
    it.entries.push_back(entry_of(1, 0, RequestOutcome::unreached, TransportFailure::no_connection));
  for (LedgerEntry& entry : it.entries) entry.phase = 1;
  LedgerEntry warm_up = entry_of(0, 500, RequestOutcome::indeterminate);
  it.entries.push_back(warm_up);
  return it;
}

TEST(AnswerCounts, HaveEachStatusAndFailureWithCountAndFirstText) {
  FirstAnswers first;
  first.note(401, "{\"error\":\n  \"no token\"}", "");
  first.note(401, "another", "");
  const AnswerCounts counts = count_answers(answered_ledger(), &first);
  ASSERT_EQ(counts.answers.size(), 3u) << "the warm-up is in no figure";
  EXPECT_EQ(counts.answers[0].count, 3u);
  EXPECT_EQ(counts.answers[0].first, "{\"error\": \"no token\"}") << "the first, on one line";
  EXPECT_EQ(text_of(counts.answers[0]), "401 Unauthorized");
  EXPECT_EQ(text_of(counts.answers[1]), "no connection");
  EXPECT_THAT(answers_text(answered_ledger()), HasSubstr("401 Unauthorized x 3"));
  EXPECT_EQ(counts.unnamed, 1u);
}

// A header in its place would not help.
TEST(AnswerCounts, NameCookiesWhereALogInSetOneThatIsLost) {
  Ledger ledger = answered_ledger();
  EXPECT_THAT(answers_text(ledger), HasSubstr("give --token"));
  ledger.loses_cookies = true;
  EXPECT_THAT(answers_text(ledger), HasSubstr("the log-in sets a cookie, which is lost: write cookies = \"user\""));
}

TEST(AnswerCounts, QuestionThePathOfTheUrlWhereNothingIsFound) {
  Ledger ledger = answered_ledger();
  ledger.path = "/buy";
  for (LedgerEntry& entry : ledger.entries)
    if (entry.http_status == 401) entry.http_status = 404;
  EXPECT_THAT(answers_text(ledger), HasSubstr("are create.path and create.method those of this server?"));
  ledger.targets = {"http://a:1/ui", "http://b:1/ui"};
  EXPECT_THAT(answers_text(ledger), HasSubstr("is /ui right, the path of --url that /buy follows?"));
}

TEST(AnswerCounts, HaveTheFirstUnreadableAnswerWhereItBelongs) {
  FirstAnswers first;
  first.note(0, "220 mail.example ESMTP\r\n", "");
  Ledger ledger = answered_ledger();
  ledger.entries.push_back(entry_of(0, 0, RequestOutcome::indeterminate, TransportFailure::unreadable));
  ledger.entries[ledger.entries.size() - 1].phase = 1;
  for (const AnswerCount& it : count_answers(ledger, &first).answers)
    EXPECT_EQ(it.first, it.failure == TransportFailure::unreadable ? "220 mail.example ESMTP" : "") << text_of(it);
}

TEST(AnswerCounts, HaveTheOutcomesPerTarget) {
  const AnswerCounts counts = count_answers(answered_ledger(), nullptr);
  ASSERT_EQ(counts.targets.size(), 2u);
  EXPECT_EQ(counts.targets[0], (TargetCount{4, 4, 0}));
  EXPECT_EQ(counts.targets[1], (TargetCount{2, 0, 2}));
  EXPECT_EQ(counts.answered(), 4u);
}

TEST(FirstAnswers, ShowWhereARedirectionPointsAndNoControlCharacters) {
  FirstAnswers first;
  first.note(308, "", "https://shop.example/buy");
  std::string body(10'000, 'x');
  body.replace(0, 11, std::string_view("\x1b[31mred\0 \xFF", 11));
  first.note(500, body, "");
  EXPECT_EQ(first.text(308), "Location: https://shop.example/buy");
  EXPECT_LE(first.text(500).size(), 3 * FirstAnswers::text_max);
  EXPECT_EQ(first.text(500).find('\x1b'), std::string::npos);
  EXPECT_TRUE(is_utf8(first.text(500)));
  EXPECT_EQ(first.text(200), "");
}

}  // namespace
}  // namespace sagactl
