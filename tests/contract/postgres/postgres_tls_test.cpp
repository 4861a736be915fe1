// A server that is spoken to over TLS alone, with a certificate authority of its own and, for one database, with
// certificates of clients: correct settings work, and each mistake is reported with what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* settings =
    "ssl = on\nssl_cert_file = '../server.pem'\nssl_key_file = '../server.key'\nssl_ca_file = '../ca.pem'\n";
constexpr const char* who_may =
    "local all all trust\n"
    "hostssl certain all 127.0.0.1/32 scram-sha-256 clientcert=verify-full\n"
    "hostssl all all 127.0.0.1/32 scram-sha-256\n";

// NAME.key and NAME.pem, signed by `ca`; an authority signs itself.
std::string certificate(const std::string& name, const std::string& common_name, const std::string& more = {}) {
  const std::string made = "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
                           ".key -subj /CN=" + common_name;
  if (more == "authority") return made + " -x509 -days 2 -out " + name + ".pem && ";
  return made + " -out " + name + ".csr && echo \"" + more + "\" > " + name + ".ext && openssl x509 -req -days 2 -in " +
         name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile " + name + ".ext -out " + name + ".pem && ";
}

class PostgresTls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (std::system("command -v openssl >/dev/null") != 0) return;
    server = PostgresServer::start();
    if (!server) return;
    const bool made = server->run(certificate("ca", "ours", "authority") + certificate("other", "theirs", "authority") +
                                  certificate("server", "localhost", "subjectAltName=DNS:localhost") +
                                  certificate("saga", PostgresServer::user) + certificate("bob", "bob") +
                                  "chmod 600 *.key && chmod a+r *.pem");
    ASSERT_TRUE(made) << "openssl could not make the certificates";
    server->configure(settings, who_may);
    // libpq wants the keys of a client to be its own user's, and nobody else's.
    for (const char* name : {"saga", "bob"})
      ASSERT_EQ(std::system(("cd " + server->directory() + " && cat " + name + ".key > my-" + name +
                             ".key && chmod 600 my-" + name + ".key")
                                .c_str()),
                0);
    ASSERT_EQ(std::system(("cd " + server->directory() + " && cat saga.key > open.key && chmod 644 open.key").c_str()),
              0);
  }
  static void TearDownTestSuite() { server.reset(); }
  void SetUp() override { SAGACTL_NEEDS_PROGRAM(server, "PostgreSQL or openssl"); }

  // In parameters, @ stands for the folder of the certificates.
  static std::string url(const std::string& parameters, const std::string& database = "shop",
                         const std::string& host = "localhost") {
    std::string text = "postgres://" + std::string(PostgresServer::user) + ":" + PostgresServer::password + "@" + host +
                       ":" + std::to_string(server->port()) + "/" + database + "?hostaddr=127.0.0.1&" + parameters;
    const std::string folder = server->directory() + "/";
    for (std::size_t at = text.find("=@"); at != text.npos; at = text.find("=@", at)) text.replace(at + 1, 1, folder);
    return text;
  }
  static std::string refusal(const std::string& name) {
    const auto examined = diagnose_postgres(name, wall_clock_now);
    return examined ? "it was let in" : examined.error().message;
  }

  static std::unique_ptr<PostgresServer> server;
};
std::unique_ptr<PostgresServer> PostgresTls::server;

TEST_F(PostgresTls, ANodeWorksOverAVerifiedConnectionAndOverThatOfLibpqItself) {
  for (const char* parameters : {"sslmode=verify-full&sslrootcert=@ca.pem", "sslmode=verify-ca&sslrootcert=@ca.pem",
                                 "sslmode=require", "sslmode=prefer"}) {
    const auto migrated = migrate_postgres(url(parameters));
    ASSERT_TRUE(migrated) << parameters << ": " << migrated.error().message;
    const auto examined = diagnose_postgres(url(parameters), wall_clock_now);
    ASSERT_TRUE(examined) << parameters << ": " << examined.error().message;
    EXPECT_TRUE(examined->rights_missing.empty());
  }
}

TEST_F(PostgresTls, AClientsCertificateOpensWhatWantsOne) {
  const std::string ours = "sslmode=verify-full&sslrootcert=@ca.pem";
  const auto migrated = migrate_postgres(url(ours + "&sslcert=@saga.pem&sslkey=@my-saga.key", "certain"));
  // The database is made from another one, which asks for no certificate and does not mind one.
  EXPECT_TRUE(migrated) << migrated.error().message;
  EXPECT_THAT(refusal(url(ours, "certain")), HasSubstr("or a certificate of the client (sslcert and sslkey)"));
  EXPECT_THAT(refusal(url(ours + "&sslcert=@bob.pem&sslkey=@my-bob.key", "certain")),
              HasSubstr("whether its common name is the user"));
}

TEST_F(PostgresTls, MistakesAreToldWithWhatToDo) {
  const struct {
    const char* what;
    std::string url;
    const char *said, *by_libpq;
  } rows[] = {
      {"another authority", url("sslmode=verify-full&sslrootcert=@other.pem"), "check sslmode, sslrootcert",
       "certificate verify failed"},
      {"no such file", url("sslmode=verify-full&sslrootcert=@none.pem"), "check sslmode, sslrootcert", "none.pem"},
      {"another name", url("sslmode=verify-full&sslrootcert=@ca.pem", "shop", "db.shop.example"), "and its name",
       "db.shop.example"},
      {"without TLS", url("sslmode=disable"), "whether the server wants TLS (sslmode=verify-full)", "28000"},
      {"no such key", url("sslmode=require&sslcert=@saga.pem&sslkey=@none.key"), "sslcert and sslkey", "none.key"},
      {"a key that others may read", url("sslmode=require&sslcert=@saga.pem&sslkey=@open.key"), "sslcert and sslkey",
       "open.key"},
      {"a key of another certificate", url("sslmode=require&sslcert=@saga.pem&sslkey=@my-bob.key"),
       "sslcert and sslkey", "key"},
  };
  for (const auto& row : rows) {
    const std::string message = refusal(row.url);
    EXPECT_THAT(message, AllOf(HasSubstr(row.said), HasSubstr(row.by_libpq))) << row.what;
    EXPECT_EQ(message.find(PostgresServer::password), message.npos) << row.what;
  }
}

}  // namespace
}  // namespace sagactl
