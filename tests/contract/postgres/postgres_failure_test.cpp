// What each SQLSTATE means for the caller.
#include <gtest/gtest.h>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/postgres/connection/connect_error.hpp"
#include "server/adapters/postgres/connection/postgres_failure.hpp"

namespace sagactl::postgres {
namespace {

TEST(PostgresFailure, AMissingDatabaseBehindAPoolerIsSaidToBeMissing) {
  const Error error = error_of("08P01", "shop at me@there:6432", "FATAL: database \"shop\" does not exist");
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_NE(error.message.find("does not exist: create it"), std::string::npos) << error.message;
}

TEST(PostgresFailure, ADatabaseThatThePoolerDoesNotKnowIsSaidToBeMissingThere) {
  const Error error = error_of("08P01", "shop at me@there:6432", "FATAL: no such database: shop");
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_NE(error.message.find("[databases] of pgbouncer.ini"), std::string::npos) << error.message;
}

TEST(PostgresFailure, AMissingPasswordIsSaidToBeMissing) {
  const Error error =
      error_of("08001", "shop at me@there:5432",
               "connection to server at \"there\", port 5432 failed: fe_sendauth: no password supplied");
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_NE(error.message.find("wants a password: set DATABASE_PASSWORD"), std::string::npos) << error.message;
}

TEST(PostgresFailure, IsClassifiedBySqlstate) {
  struct Row {
    const char* state;
    ErrorCode code;
    bool is_retryable = false;
  };
  const Row rows[] = {
      {"08001", ErrorCode::unavailable},        // cannot connect
      {"08006", ErrorCode::unavailable},        // connection lost
      {"08P01", ErrorCode::unavailable},        // protocol violation
      {"22001", ErrorCode::bug},                // text too long
      {"22021", ErrorCode::bug},                // not in the encoding
      {"23505", ErrorCode::bug, true},          // unique violation: another may have been faster
      {"23502", ErrorCode::bug},                // not null
      {"25006", ErrorCode::unavailable},        // read only: a standby
      {"25P02", ErrorCode::bug},                // in a failed transaction
      {"25P03", ErrorCode::unavailable},        // idle in a transaction
      {"28000", ErrorCode::invalid},            // no entry in pg_hba.conf
      {"28P01", ErrorCode::invalid},            // wrong password
      {"3D000", ErrorCode::invalid},            // no such database
      {"40001", ErrorCode::unavailable, true},  // serialization
      {"40P01", ErrorCode::unavailable, true},  // deadlock
      {"42501", ErrorCode::unavailable},        // no right to
      {"42601", ErrorCode::bug},                // syntax
      {"42P01", ErrorCode::bug},                // no such table
      {"53100", ErrorCode::unavailable},        // disk full
      {"53200", ErrorCode::unavailable},        // out of memory
      {"53300", ErrorCode::unavailable},        // too many connections
      {"54000", ErrorCode::too_large},          // over a limit
      {"55P03", ErrorCode::unavailable},        // lock timeout
      {"57014", ErrorCode::unavailable},        // statement timeout
      {"57P01", ErrorCode::unavailable},        // shutting down
      {"57P02", ErrorCode::unavailable},        // crashed
      {"57P03", ErrorCode::unavailable},        // starting
      {"58030", ErrorCode::unavailable},        // disk error
      {"XX000", ErrorCode::bug},                // internal
      {"XX001", ErrorCode::unavailable},        // damaged
  };
  for (const Row& row : rows) {
    const Error error = error_of(row.state, "db at me@there:5432", "what the server says");
    EXPECT_EQ(error.code, row.code) << row.state;
    EXPECT_NE(error.message.find(row.state), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("db at me@there:5432"), std::string::npos) << error.message;
    EXPECT_EQ(is_retryable_state(row.state), row.is_retryable) << row.state;
  }
}

// What libpq says of a server that is tried with TLS and without, or of several, is one text.
TEST(PostgresFailure, OfATryThatCameFurtherSaysMoreThanThatOfAnother) {
  const std::string at = "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  ";
  EXPECT_EQ(sqlstate_of_connect_error(at + "28P01 " + at + "28000"), "28P01");
  EXPECT_EQ(sqlstate_of_connect_error(at + "28000 " + at + "28P01"), "28P01");
  EXPECT_EQ(sqlstate_of_connect_error(at + "3D000 " + at + "28000"), "3D000");
  EXPECT_EQ(sqlstate_of_connect_error(at + "28000 " + at + "28000"), "28000");
  EXPECT_EQ(sqlstate_of_connect_error("connection to server at \"db\", port 1 failed: Connection refused"), "08001");
  EXPECT_EQ(sqlstate_of_connect_error("failed: Connection refused  Is it running? " + at + "53300"), "53300");
  EXPECT_EQ(sqlstate_of_connect_error(""), "08001");
}

TEST(PostgresFailure, ToldByTheServerIsReadAsItToldIt) {
  const std::string told =
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password authentication failed for user "
      "\"saga\"\nLOCATION:  auth_failed, auth.c:326\nconnection to server at \"127.0.0.1\", port 5432 failed: FATAL:  "
      "28000: no encryption\nDETAIL:  none\n";
  const std::string line = readable_connect_error(told);
  EXPECT_EQ(sqlstate_of_connect_error(line), "28P01");
  EXPECT_EQ(without_sqlstates(line),
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL: password authentication failed for user "
            "\"saga\" connection to server at \"127.0.0.1\", port 5432 failed: FATAL: no encryption DETAIL:  none");
  EXPECT_EQ(without_sqlstates("failed: FATAL:  28P01"), "failed: FATAL:");
}

TEST(PostgresFailure, OfTlsIsSaidToBeOne) {
  for (const char* said : {"SSL error: certificate verify failed", "root certificate file \"/root.crt\" does not exist",
                           "server does not support SSL, but SSL was required",
                           "server certificate for \"db\" does not match host name \"127.0.0.1\""}) {
    const Error error = error_of("08001", "db at me@there:5432", said);
    EXPECT_NE(error.message.find("over TLS: check sslmode"), std::string::npos) << error.message;
    EXPECT_EQ(error.code, ErrorCode::unavailable);
  }
  EXPECT_EQ(error_of("08001", "db", "Connection refused").message.find("TLS"), std::string::npos);
}

// The server was reached: whoever looks for it in the network looks in vain.
TEST(PostgresFailure, OfServersOfAnotherKindNamesTheSettingThatAsksForOne) {
  for (const char* said : {"connection to server at \"127.0.0.1\", port 5432 failed: session is read-only",
                           "a:5432: Connection refused; b:5432: session is not read-only",
                           "server is in hot standby mode", "server is not in hot standby mode"}) {
    const Error error = error_of("08001", "db at me@there:5432", said);
    EXPECT_NE(error.message.find("target_session_attrs asks for"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("cannot be reached"), std::string::npos) << error.message;
    EXPECT_EQ(error.code, ErrorCode::unavailable);
  }
}

TEST(PostgresFailure, OfASettingThatLibpqRefusesIsNotOneOfTheNetwork) {
  for (const char* said : {"invalid target_session_attrs value: \"rw\"", "invalid port number: \"99999\"",
                           "invalid integer value \"z\" for connection option \"keepalives_idle\"",
                           "could not match 2 port numbers to 4 hosts", "definition of service \"nope\" not found"}) {
    const Error error = error_of("08001", "db at me@there:5432", said);
    EXPECT_NE(error.message.find("a setting that libpq does not accept"), std::string::npos) << error.message;
    EXPECT_EQ(error.code, ErrorCode::invalid);
  }
}

TEST(PostgresAddress, OfAParameterThatIsUnknownNamesIt) {
  const auto address = PostgresAddress::parse("postgres://me:secret@host/x?sslmod=require");
  ASSERT_FALSE(address);
  EXPECT_NE(address.error().message.find("%XX: sslmod"), std::string::npos) << address.error().message;
  EXPECT_EQ(address.error().message.find("secret"), std::string::npos);
  // Its password should be sec%2Fret?hush=1: libpq takes the last part of it for a parameter.
  const auto odd = PostgresAddress::parse("postgres://me:sec/ret?hush=1@host/x");
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().message.find("hush"), std::string::npos) << odd.error().message;
}

TEST(PostgresAddress, NamesEachHostWithItsPort) {
  const auto several = PostgresAddress::parse("postgres://me@a,b:6000/shop?target_session_attrs=read-write").value();
  EXPECT_EQ(several.text(), "shop at me@a:5432,b:6000");
  const auto hosts = several.each_host();
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_EQ(hosts[1].text(), "shop at me@b:6000");
  EXPECT_EQ(hosts[1].get("target_session_attrs"), "any");
  EXPECT_EQ(PostgresAddress::parse("postgres://me@a,b/shop?port=7000").value().hosts(), "a:7000,b:7000");
  EXPECT_EQ(PostgresAddress::parse("postgres:///shop?host=/run/pg").value().hosts(), "/run/pg:5432");
}

TEST(PostgresAddress, SaysWhereTheDatabaseIsAndNeverThePassword) {
  const auto address = PostgresAddress::parse("postgres://me:pass%40word@db.example:6000/shop?sslmode=require");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "shop at me@db.example:6000");
  EXPECT_EQ(address->get("password"), "pass@word");
  EXPECT_EQ(address->get("sslmode"), "require");
  EXPECT_EQ(PostgresAddress::parse("postgres://me@db.example/shop")->text(), "shop at me@db.example:5432");
}

TEST(PostgresAddress, AUrlThatCannotBeReadIsNotRepeated) {
  for (const char* url : {"postgres://me:secret@host:port:1/x?nonsense=1", "mysql://me:secret@host/x"}) {
    const auto address = PostgresAddress::parse(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::invalid);
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos) << address.error().message;
  }
}

}  // namespace
}  // namespace sagactl::postgres
