// The table of topics.
#include "server/adapters/sqlite/sqlite_database.hpp"

namespace sagactl::sqlite {

Result<std::map<std::string, int>> SqliteDatabase::remember(const std::map<std::string, int>& there) {
  return write([&](SqliteTables& tables, Timestamp) {
    SqliteStatement put =
        tables.connection.prepare("INSERT INTO topic (name, partitions) VALUES (?, ?) ON CONFLICT DO NOTHING");
    SqliteStatement find = tables.connection.prepare("SELECT partitions FROM topic WHERE name = ?");
    std::map<std::string, int> book;
    for (const auto& [name, partitions] : there) {
      put.bind(name).bind(std::int64_t{partitions}).run();
      book[name] = static_cast<int>(first_number(find.bind(name)));
    }
    return book;
  });
}

}  // namespace sagactl::sqlite
