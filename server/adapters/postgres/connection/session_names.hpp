// The names of this program's sessions in pg_stat_activity. A node writes under "sagactl " and its id, in one session
// for each process; the others may be there several times.
#pragma once

#include <string>

namespace sagactl::postgres {

inline const std::string session_prefix = "sagactl ";

inline constexpr const char *requests_session = "sagactl reader", *engine_session = "sagactl engine",
                            *history_session = "sagactl history", *migrations_session = "sagactl migrate",
                            *doctor_session = "sagactl doctor", *loadtest_session = "sagactl loadtest",
                            *import_session = "sagactl import";
inline constexpr const char* sessions_beside_nodes[] = {requests_session,   engine_session, history_session,
                                                        migrations_session, doctor_session, loadtest_session,
                                                        import_session};

}  // namespace sagactl::postgres
