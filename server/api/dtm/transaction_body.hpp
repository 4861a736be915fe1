// The transaction in the body of submit, prepare and abort: docs/dtm.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/api/dtm/go_json.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl::api {

// Its members as they are, of the right types.
struct TransactionBody {
  std::string gid, trans_type;
  std::vector<TextMap> steps;
  std::vector<std::string> payloads;
  std::string custom_data, query_prepared, protocol, rollback_reason;
  bool is_concurrent = false, waits_for_result = false;
  std::int64_t timeout_to_fail = 0, request_timeout = 0, retry_interval = 0, retry_limit = 0;
  TextMap branch_headers;
};

// `invalid` for a body that is no JSON object, a member of a wrong type, and a gid that is empty or too long.
Result<TransactionBody> read_transaction_body(std::string_view body);

struct TransactionStart {
  DtmTransaction transaction;
  std::string input;  // of its saga: the payloads, as JSON
};

// `invalid` says what of the transaction cannot be carried out.
Result<TransactionStart> start_of(const TransactionBody& body, bool is_prepared);

}  // namespace sagactl::api
