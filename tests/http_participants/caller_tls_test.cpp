// Who is called over TLS, who this node says it is, and the files in which that stands.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "common/id.hpp"
#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// A directory with the files that definitions name.
class Files {
 public:
  Files() { fs::create_directories(directory_); }
  ~Files() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  void write(const std::string& name, const std::string& text, bool is_private = true) const {
    std::ofstream(directory_ / name) << text;
    fs::permissions(directory_ / name, is_private ? fs::perms(0600) : fs::perms(0644));
  }
  fs::path path(const std::string& name) const { return directory_ / name; }
  ParticipantCallerOptions options() const {
    ParticipantCallerOptions options;
    options.files = directory_;
    return options;
  }

 private:
  fs::path directory_ = fs::temp_directory_path() / ("sagactl-" + new_uuid().text());
};

std::shared_ptr<SagaDefinition> trusting(const Files& files, const TlsServer& server) {
  fs::copy_file(server.certificate(), files.path("ca.pem"), fs::copy_options::overwrite_existing);
  auto trip = trip_to(server.url());
  trip->participants[0].ca = "ca.pem";
  return trip;
}

TEST(ParticipantTls, CallsAServerThatItsAuthoritiesVouchForAndKeepsTheConnection) {
  const TlsServer server("IP:127.0.0.1");
  const Files files;
  const CallerUnderTest test(files.options());
  const auto trip = trusting(files, server);
  for (int i = 1; i <= 5; ++i) {
    const ParticipantAnswer answered = test.ask(call_of(trip));
    EXPECT_EQ(answered.status, 200) << answered.failure;
    EXPECT_EQ(answered.body, "{}");
    EXPECT_EQ(server.requests(), i);
  }
}

TEST(ParticipantTls, SendsNothingToAServerThatItDoesNotTrust) {
  const TlsServer server("IP:127.0.0.1"), other("DNS:shop.example");
  const Files files;
  const CallerUnderTest test(files.options());
  const std::pair<DefinitionPointer, const char*> rows[] = {{trip_to(server.url()), "certificate verify failed"},
                                                            {trusting(files, other), "IP address mismatch"}};
  for (const auto& [trip, reason] : rows) {
    const ParticipantAnswer answered = test.ask(call_of(trip));
    EXPECT_EQ(answered.status, 0);
    EXPECT_THAT(answered.failure, HasSubstr(reason));
    EXPECT_FALSE(answered.was_sent);
    EXPECT_TRUE(answered.was_called);
  }
  EXPECT_EQ(server.requests() + other.requests(), 0);
}

TEST(ParticipantTls, ShowsTheCertificateThatTheDefinitionNames) {
  const Files files;
  const TlsIdentity identity = make_identity("DNS:node");
  files.write("node.pem", identity.certificate, false);
  files.write("node.key", identity.key);
  const TlsServer server("IP:127.0.0.1", files.path("node.pem"));
  const CallerUnderTest test(files.options());
  const auto unknown = trusting(files, server);
  EXPECT_EQ(test.ask(call_of(unknown)).status, 0);
  EXPECT_EQ(server.requests(), 0);
  const auto known = std::make_shared<SagaDefinition>(*unknown);
  known->participants[0].certificate = "node.pem";
  known->participants[0].key = "node.key";
  const ParticipantAnswer answered = test.ask(call_of(known));
  EXPECT_EQ(answered.status, 200) << answered.failure;
}

TEST(ParticipantSecret, GoesToTheParticipantAndNotToWhereItsAnswerLeads) {
  const Files files;
  files.write("token", "Authorization: Bearer sk_1\n");
  const CallerUnderTest test(files.options());
  Received own, other;
  ScriptedServer hotel([&](const Received& received) {
    own = received;
    return answer(200, "{}");
  });
  ScriptedServer elsewhere([&](const Received& received) {
    other = received;
    return answer(200, "{}");
  });
  auto trip = trip_to(hotel.url());
  trip->participants[0].secret = "token";
  ParticipantCall poll = call_of(trip);
  poll.url = elsewhere.url() + "/jobs/1";
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  EXPECT_EQ(test.ask(std::move(poll)).status, 200);
  EXPECT_EQ(own.headers.at("authorization"), "Bearer sk_1");
  EXPECT_EQ(other.path, "/jobs/1");
  EXPECT_FALSE(other.headers.contains("authorization"));
}

struct WrongFile {
  const char* name;
  std::string ParticipantDefinition::*file;
  const char* value;
  const char* reason;
};

TEST(ParticipantFiles, ThatAreMissingOpenToOthersOrElsewhereAreNamed) {
  const Files files;
  files.write("open", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false);
  files.write("wrong", "whsec_!");
  files.write("headers", "Host: hotel");
  files.write("not.pem", "no certificate");
  const WrongFile rows[] = {
      {"open", &ParticipantDefinition::secret, "open", "can be read or written by others"},
      {"missing", &ParticipantDefinition::secret, "missing", "there is no file"},
      {"wrong", &ParticipantDefinition::secret, "wrong", "what follows whsec_ is no base64"},
      {"headers", &ParticipantDefinition::secret, "headers", "the node sends Host itself"},
      {"path", &ParticipantDefinition::secret, "../secret", "names files by their names alone"},
      {"absolute", &ParticipantDefinition::ca, "/etc/passwd", "names files by their names alone"},
      {"no PEM", &ParticipantDefinition::ca, "not.pem", "cannot be read"},
      {"half", &ParticipantDefinition::certificate, "not.pem", "needs its `key`"},
  };
  const CallerUnderTest test(files.options());
  for (const WrongFile& row : rows) {
    auto trip = trip_to("https://127.0.0.1:1");
    trip->participants[0].*row.file = row.value;
    const ParticipantAnswer answered = test.ask(call_of(trip));
    EXPECT_FALSE(answered.was_called) << row.name;
    EXPECT_THAT(answered.failure, HasSubstr(row.reason)) << row.name;
    const auto checked = test.caller->check(*trip);
    ASSERT_FALSE(checked) << row.name;
    EXPECT_THAT(checked.error().message, HasSubstr("the participant 'hotel' cannot be called")) << row.name;
    EXPECT_THAT(checked.error().message, HasSubstr(row.reason)) << row.name;
  }
  auto trip = trip_to("http://127.0.0.1:1");
  trip->participants[0].secret = "secret";
  EXPECT_THAT(CallerUnderTest().ask(call_of(trip)).failure, HasSubstr("--participants-files DIR"));
}

}  // namespace
}  // namespace sagactl
