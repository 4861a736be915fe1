#include "cli/output/saga_table.hpp"

#include "cli/client/json_answer.hpp"

namespace sagactl {

Table saga_table(const std::vector<Json>& sagas, const Paint& paint) {
  Table table({{"SAGA", Fit::id, needed},
               {"STATUS", Fit::whole, needed},
               {"STEP"},
               {"CREATED", Fit::time},
               {"TOOK", Fit::whole},
               {"NODE"},
               {"ERROR"}});
  for (const Json& saga : sagas) {
    const std::string prefix = bool_member(saga, "requiresManualIntervention") ? "needs an operator: " : "";
    table.row({text_member(saga, "id"), paint.status(text_member(saga, "status")), text_member(saga, "currentStep"),
               text_member(saga, "createdAt"),
               or_default(time_between(json_member(saga, "createdAt"), json_member(saga, "updatedAt"))),
               or_default(text_member(saga, "nodeId")), prefix + or_default(text_member(saga, "errorMessage"))});
  }
  return table;
}

}  // namespace sagactl
