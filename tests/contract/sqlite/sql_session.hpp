// SQL as a user types it, on a file that a store has made.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

namespace sagactl {

class SqlSession {
 public:
  explicit SqlSession(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &connection_), SQLITE_OK); }
  ~SqlSession() { sqlite3_close(connection_); }
  SqlSession(const SqlSession&) = delete;
  SqlSession& operator=(const SqlSession&) = delete;

  void run(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(connection_);
  }

  // All columns of all rows: "a|b" a line; null is "-".
  std::string text(const std::string& sql) {
    std::string out;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(connection_);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      if (!out.empty()) out += '\n';
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        if (i > 0) out += '|';
        out += value ? value : "-";
      }
    }
    sqlite3_finalize(statement);
    return out;
  }

 private:
  sqlite3* connection_ = nullptr;
};

}  // namespace sagactl
