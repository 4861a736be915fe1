// The commands about a user's login sessions.
#include "server/participants/session.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

class SessionsOfAUser : public testing::Test {
 protected:
  SessionsOfAUser() {
    user.id = UserId::fresh();
    user.email = "ann@example.com";
    user.sessions = {session("phone", "p1")};
    EXPECT_TRUE(node.run(RegisterUser{user}).ok());
  }

  LoginSession session(const std::string& id, const std::string& hash, Duration valid_for = 1h) {
    return {id, hash, "", {}, node.clock.now() + valid_for};
  }
  Result<Receipt> begin(const std::string& id, const std::string& hash, Duration valid_for = 1h) {
    return node.run(BeginSession{user.id, session(id, hash, valid_for)});
  }
  // Whether the session was renewed.
  bool renew(const std::string& id, const std::string& hash, const std::string& next) {
    return node.run(RenewSession{user.id, id, hash, session(id, next)}).ok();
  }
  std::vector<std::string> hashes() {
    std::vector<std::string> list;
    const auto receipt = node.run(EndSession{user.id, "no such session"});
    for (const LoginSession& one : receipt->user->sessions) list.push_back(one.hash);
    return list;
  }

  ScriptedNode node;
  User user;
};

TEST_F(SessionsOfAUser, AreIndependent) {
  ASSERT_TRUE(begin("laptop", "d1").ok());
  EXPECT_TRUE(renew("phone", "p1", "p2"));
  EXPECT_TRUE(renew("laptop", "d1", "d2"));
  EXPECT_TRUE(renew("phone", "p2", "p3"));
  EXPECT_THAT(hashes(), ElementsAre("d2", "p3")) << "the most recently renewed one is last";
}

TEST_F(SessionsOfAUser, GoOnWhenTheHashOfThePasswordIsReplaced) {
  ASSERT_TRUE(begin("laptop", "d1").ok());
  user.password_hash = "better";
  EXPECT_EQ(node.run(RegisterUser{user})->user->password_hash, "better");
  EXPECT_THAT(hashes(), ElementsAre("p1", "d1"));
  user.id = UserId::fresh();
  EXPECT_EQ(node.run(RegisterUser{user}).error().code, ErrorCode::conflict);
}

TEST_F(SessionsOfAUser, EndIndependently) {
  ASSERT_TRUE(begin("laptop", "d1").ok());
  ASSERT_TRUE(node.run(EndSession{user.id, "phone"}).ok());
  EXPECT_FALSE(renew("phone", "p1", "p2"));
  EXPECT_TRUE(renew("laptop", "d1", "d2"));
  EXPECT_TRUE(node.run(EndSession{user.id, "phone"}).ok()) << "again";
}

TEST_F(SessionsOfAUser, AStolenTokenEndsItsOwnSessionAlone) {
  ASSERT_TRUE(begin("laptop", "d1").ok());
  ASSERT_TRUE(renew("phone", "p1", "p2"));
  ASSERT_TRUE(renew("phone", "p2", "p3"));
  const auto stolen = node.run(RenewSession{user.id, "phone", "p1", session("phone", "thief")});
  EXPECT_EQ(stolen.error().code, ErrorCode::unauthenticated);
  EXPECT_FALSE(renew("phone", "p3", "p4")) << "two parties use the session";
  EXPECT_TRUE(renew("laptop", "d1", "d2"));
}

TEST_F(SessionsOfAUser, ATokenThatIsUsedTwiceWithinTheGracePeriodIsNoTheft) {
  ASSERT_TRUE(renew("phone", "p1", "p2"));
  node.pass(renewal_grace);
  const auto again = node.run(RenewSession{user.id, "phone", "p1", session("phone", "p2b")});
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(hashes(), ElementsAre("p2")) << "nothing has changed";
  EXPECT_TRUE(renew("phone", "p2", "p3"));
}

TEST_F(SessionsOfAUser, ATokenThatIsUsedAgainLaterIsATheft) {
  ASSERT_TRUE(renew("phone", "p1", "p2"));
  node.pass(renewal_grace + 1us);
  EXPECT_FALSE(renew("phone", "p1", "thief"));
  EXPECT_FALSE(renew("phone", "p2", "p3"));
}

TEST_F(SessionsOfAUser, AreBoundedAndTheLeastRecentlyRenewedEnds) {
  for (std::size_t i = 1; i < sessions_max; ++i)
    ASSERT_TRUE(begin("s" + std::to_string(i), "h" + std::to_string(i)).ok());
  ASSERT_TRUE(renew("phone", "p1", "p2"));
  ASSERT_TRUE(begin("one more", "h").ok());
  EXPECT_EQ(hashes().size(), sessions_max);
  EXPECT_FALSE(renew("s1", "h1", "x"));
  EXPECT_TRUE(renew("phone", "p2", "p3"));
}

TEST_F(SessionsOfAUser, ThatHaveExpiredAreRemoved) {
  ASSERT_TRUE(begin("short", "s1", 60s).ok());
  node.pass(60s);
  EXPECT_FALSE(renew("short", "s1", "s2"));
  ASSERT_TRUE(begin("laptop", "d1").ok());
  EXPECT_THAT(hashes(), ElementsAre("p1", "d1"));
}

TEST_F(SessionsOfAUser, OneOfAnEarlierVersionContinuesWithAnId) {
  ASSERT_TRUE(begin("", "old", 1h).ok());
  EXPECT_TRUE(node.run(RenewSession{user.id, "", "old", session("named", "new")}).ok());
  EXPECT_TRUE(node.run(RenewSession{user.id, "", "old", session("named", "new")}).ok())
      << "repeated within the grace period";
  EXPECT_TRUE(renew("named", "new", "newer"));
  EXPECT_FALSE(node.run(RenewSession{user.id, "", "no such hash", session("x", "y")}).ok());
  EXPECT_TRUE(renew("phone", "p1", "p2")) << "an unknown token ends no session";
}

TEST_F(SessionsOfAUser, EndWithTheirUsersRights) {
  const auto disabled = node.run(ChangeRights{.email = user.email, .status = UserStatus::suspended});
  ASSERT_TRUE(disabled.ok());
  EXPECT_EQ(disabled->user->status, UserStatus::suspended);
  EXPECT_EQ(disabled->user->rights_changed_at, disabled->user->updated_at);
  EXPECT_FALSE(renew("phone", "p1", "p2"));
  EXPECT_EQ(begin("laptop", "d1").error().code, ErrorCode::unauthenticated);
  ASSERT_TRUE(node.run(ChangeRights{.email = user.email, .status = UserStatus::active}).ok());
  EXPECT_FALSE(renew("phone", "p1", "p2")) << "a new login is required";
}

TEST_F(SessionsOfAUser, ContinueWhenTheRoleChanges) {
  const auto promoted = node.run(ChangeRights{.email = user.email, .role = Role::admin});
  EXPECT_EQ(promoted->user->role, Role::admin);
  EXPECT_TRUE(renew("phone", "p1", "p2"));
  EXPECT_EQ(node.run(ChangeRights{.email = "no@one", .role = Role::admin}).error().code, ErrorCode::not_found);
}

TEST(SessionsText, IsReadAsItWasWritten) {
  const std::vector<LoginSession> sessions = {{"a", "h1", "", Timestamp{1}, Timestamp{2}},
                                              {"b", "h2", "h0", Timestamp{3}, never_expires}};
  EXPECT_EQ(read_sessions(sessions_text(sessions), last_hash_of(sessions)), sessions);
  EXPECT_EQ(sessions_text({}), "");
  EXPECT_EQ(last_hash_of({}), "");
  EXPECT_TRUE(read_sessions("", "").empty());
}

TEST(SessionsText, IncludesTheSingleSessionOfAnEarlierVersion) {
  const std::vector<LoginSession> own = {{"a", "h1", "", Timestamp{1}, Timestamp{2}}};
  const LoginSession earlier{"", "h9", "", {}, never_expires};
  EXPECT_THAT(read_sessions("", "h9"), ElementsAre(earlier));
  EXPECT_THAT(read_sessions(sessions_text(own), "h9"), ElementsAre(own[0], earlier))
      << "a node of the earlier version wrote last";
}

TEST(SessionsText, ThatIsInvalidHasNoSession) {
  for (const char* text : {"x", "{}", "[1]", "[[]]", R"([["a","h","",1]])", R"([["a","h","","1",2]])"})
    EXPECT_TRUE(read_sessions(text, "").empty()) << text;
}

}  // namespace
}  // namespace sagactl
