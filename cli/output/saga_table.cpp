#include "cli/output/saga_table.hpp"

#include <algorithm>

#include "cli/client/json_answer.hpp"
#include "cli/client/saga_wait.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

bool has_definition(const Json& saga) {
  return !text_member(saga, "definition").empty();
}

// "trip 2": the name and the version.
std::string definition_text(const Json& saga) {
  if (!has_definition(saga)) return text_member(saga, "sagaType");
  return text_member(saga, "definition") + " " + text_member(saga, "definitionVersion");
}

// All that are under way: a graph may be at several steps at once.
std::string step_text(const Json& saga) {
  const std::vector<std::string> names = texts_member(saga, "currentSteps");
  return names.empty() ? text_member(saga, "currentStep") : join(names, ", ");
}

// Why it is where it is: of one that has not ended, why its steps in progress are tried again.
std::string error_text(const Json& saga) {
  const std::string error = text_member(saga, "errorMessage");
  if (bool_member(saga, "requiresManualIntervention")) return "needs an operator: " + or_default(error);
  if (is_final_status(text_member(saga, "status"))) return or_default(error);
  for (const Json& step : json_member(saga, "steps")) {
    const std::string status = text_member(step, "status"), of_step = text_member(step, "error");
    if ((status == "running" || status == "compensating") && !of_step.empty())
      return text_member(step, "name") + ": " + of_step;
  }
  return or_default(error);
}

// From the start to the end, for one that has ended.
std::string took_text(const Json& saga) {
  if (!is_final_status(text_member(saga, "status"))) return "-";
  return or_default(time_between(json_member(saga, "createdAt"), json_member(saga, "updatedAt")));
}

}  // namespace

Table saga_table(const std::vector<Json>& sagas, const Paint& paint) {
  const bool has_users_sagas = std::any_of(sagas.begin(), sagas.end(), has_definition);
  std::vector<TableColumn> columns = {{"SAGA", Fit::id, needed}, {"STATUS", Fit::whole, needed}};
  if (has_users_sagas) columns.push_back({"DEFINITION"});
  for (TableColumn column : {TableColumn{"STEP"}, {"CREATED", Fit::time}, {"TOOK", Fit::whole}, {"NODE"}, {"ERROR"}})
    columns.push_back(std::move(column));
  Table table(std::move(columns));
  for (const Json& saga : sagas) {
    std::vector<std::string> cells = {text_member(saga, "id"), paint.status(text_member(saga, "status"))};
    if (has_users_sagas) cells.push_back(definition_text(saga));
    cells.insert(cells.end(), {step_text(saga), text_member(saga, "createdAt"), took_text(saga),
                               or_default(text_member(saga, "nodeId")), error_text(saga)});
    table.row(std::move(cells));
  }
  return table;
}

}  // namespace sagactl
