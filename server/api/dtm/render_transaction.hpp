// A saga as a transaction of DTM's, with its branches.
#pragma once

#include <cstdint>
#include <string>

#include "common/text/json.hpp"
#include "common/text/spelling.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

enum class DtmStatus : std::uint8_t { prepared, submitted, aborting, succeed, failed };

// Whether its definition came with a request of DTM's clients.
bool is_dtm_transaction(const Flow& flow);

// Precondition of these: it is one.
DtmStatus dtm_status_of(const Saga& saga);
bool was_prepared(const Saga& saga);  // a msg that began with prepare
// Why it is or was rolled back; empty: it is not.
std::string rollback_reason_of(const Saga& saga);
Json transaction_json(const Flow& flow);
Json branches_json(const Flow& flow);

}  // namespace sagactl::api

template <>
struct sagactl::Spelling<sagactl::api::DtmStatus> {
  static constexpr std::string_view names[] = {"prepared", "submitted", "aborting", "succeed", "failed"};
};
