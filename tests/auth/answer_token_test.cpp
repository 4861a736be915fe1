// A token answers the one call that it was made for.
#include "server/auth/answer_token.hpp"

#include <gmock/gmock.h>

namespace sagactl::auth {
namespace {

const std::string saga = "0193a0b0-0000-7000-8000-000000000001";

TEST(AnswerToken, IsGoodForItsCallAlone) {
  const AnswerTokens tokens("secret");
  const AnsweredCall undo{true, 3};
  const std::string token = tokens.token_of(saga, "hotel", undo);
  EXPECT_EQ(tokens.verify(token, saga, "hotel"), undo);
  EXPECT_EQ(tokens.verify(token, saga, "flight"), std::nullopt);
  EXPECT_EQ(tokens.verify(token, "0193a0b0-0000-7000-8000-000000000002", "hotel"), std::nullopt);
  std::string other = token;
  other.replace(0, 4, "do");
  EXPECT_EQ(tokens.verify(other, saga, "hotel"), std::nullopt) << "of the action";
  other = token;
  other[5] = '4';
  EXPECT_EQ(tokens.verify(other, saga, "hotel"), std::nullopt) << "of another execution";
}

TEST(AnswerToken, OfALaterUndoIsAnother) {
  const AnswerTokens tokens("secret");
  const AnsweredCall first{true, 3}, second{true, 3, 1};
  const std::string token = tokens.token_of(saga, "hotel", second);
  EXPECT_THAT(token, testing::StartsWith("undo.3.2."));
  EXPECT_EQ(tokens.verify(token, saga, "hotel"), second);
  std::string other = token;
  other.erase(7, 2);
  EXPECT_EQ(tokens.verify(other, saga, "hotel"), std::nullopt) << "of the first";
  other = tokens.token_of(saga, "hotel", first);
  for (const char* round : {"0.", "1.", "2.", "-1.", "9999999999.", "."}) {
    std::string wrong = other;
    EXPECT_EQ(tokens.verify(wrong.insert(7, round), saga, "hotel"), std::nullopt) << wrong;
  }
}

TEST(AnswerToken, IsOfTheSharedSecret) {
  const std::string token = AnswerTokens("secret").token_of(saga, "hotel", {});
  EXPECT_EQ(AnswerTokens("secret").verify(token, saga, "hotel"), AnsweredCall{}) << "of another node";
  EXPECT_EQ(AnswerTokens("other").verify(token, saga, "hotel"), std::nullopt);
}

TEST(AnswerToken, FitsIntoAUrlAndIsWrittenInOneWay) {
  const AnswerTokens tokens("secret");
  const std::string token = tokens.token_of(saga, "hotel", {});
  EXPECT_THAT(token, testing::MatchesRegex("do\\.1\\.[A-Za-z0-9_-]*"));
  EXPECT_EQ(token.size(), 5u + 43);
  std::string longer = token;
  longer.insert(3, "0");
  for (const std::string& wrong : {std::string(), std::string("do"), std::string("do."), std::string("undo.x.y"),
                                   token.substr(1), token + "=", token + "A", longer, "d" + token})
    EXPECT_EQ(tokens.verify(wrong, saga, "hotel"), std::nullopt) << wrong;
}

}  // namespace
}  // namespace sagactl::auth
