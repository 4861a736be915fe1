// Definitions of transactions of DTM's clients: docs/dtm.md. They come with the request, and are stored with it.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

inline constexpr std::string_view dtm_saga = "dtm-saga", dtm_message = "dtm-msg";

// What a client's request says of its transaction, checked and completed. The saga's input is the list of the
// payloads, which are texts.
struct DtmTransaction {
  std::string type = "saga";  // or "msg"
  struct Branch {
    std::string action, compensate;  // URLs; "": nothing to call
    bool has_payload = true;         // else GET
  };
  std::vector<Branch> branches;
  bool is_concurrent = false;
  std::vector<std::vector<std::size_t>> after;  // by branch, of `orders`; empty: none
  Duration timeout_to_fail{0};                  // 0: none
  Duration request_timeout = std::chrono::seconds(3);
  Duration retry_interval = std::chrono::seconds(10);
  int retry_limit = 0;
  std::vector<std::pair<std::string, std::string>> branch_headers;
  // Of a msg:
  bool is_prepared = false;    // it waits for its submit
  std::string query_prepared;  // who is asked about it
  Duration delay{0};
};

// The canonical JSON: a member "dtm" with the members of the struct.
Json dtm_definition_json(const DtmTransaction& transaction);
// From what that function made.
Result<DtmTransaction> read_dtm_transaction(const Json& definition);

// The branch's id: "01".
std::string dtm_branch_id(std::size_t branch);

// The step at which a msg that was prepared waits for its submit.
inline constexpr std::string_view dtm_prepared_step = "prepared";
// Why a saga is rolled back whose actions were called that often without an answer that counts.
std::string dtm_retry_limit_reason(int limit);
// What a step keeps of an action that was answered with success.
inline constexpr std::string_view dtm_kept_success = R"({"dtm_result":"SUCCESS"})";

// Internal to compile_definition().
Result<SagaDefinition> compile_dtm_definition(const Json& definition);

}  // namespace sagactl
