#include "cli/output/saga_table.hpp"

#include "cli/client/member.hpp"

namespace sagactl {

Table saga_table(const std::vector<Json>& sagas, const Paint& paint) {
  Table table({{"SAGA", Fit::id, needed}, {"STATUS", Fit::whole, needed}, {"STEP"}, {"CREATED", Fit::time}, {"TOOK", Fit::whole}, {"NODE"},
               {"ERROR"}});
  for (const Json& saga : sagas) {
    const std::string help = true_member(saga, "requiresManualIntervention") ? "needs a person: " : "";
    table.row({text_member(saga, "id"), paint.status(text_member(saga, "status")),
               text_member(saga, "currentStep"), text_member(saga, "createdAt"),
               or_else(time_between(member(saga, "createdAt"), member(saga, "updatedAt"))),
               or_else(text_member(saga, "nodeId")), help + or_else(text_member(saga, "errorMessage"))});
  }
  return table;
}

}  // namespace sagactl
