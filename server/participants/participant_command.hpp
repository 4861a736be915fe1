// The commands that participants offer to sagas. Steps call them by name (`action` and `compensation` in
// server/saga/definition.hpp). A new saga may add commands of its own: docs/writing-a-saga.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/participants/perform.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// What a command works on, and everything that it may use.
struct StepSite {
  Flow& flow;
  StockOverlay& stocks;
  const StepCall& call;
  const Policy& policy;
  const Moment& moment;
  bool ask_only = false;  // the saga is compensating: find out whether the action was done, and do not do it

  // A new id; those of one decision differ by `which`.
  Uuid fresh_id(std::uint64_t which) const;
};

// What a command takes of one kind of stock for an order. A saga has at most one command that reserves each kind.
struct StockUse {
  StockKind kind = StockKind::product;
  std::vector<ReservationLine> (*lines)(const Order& order) = nullptr;
};

struct ParticipantCommand {
  std::string name;  // "points.reserve"
  // Carries out the action or the compensation on the flow and the stock. Pure: the same site gives the same result. It
  // runs behind a barrier, so once for each execution and direction.
  std::function<StepResult(const StepSite&)> run;
  // Whether the participant has a record of this step and execution. A compensation without one does nothing, and
  // blocks the action from being done later.
  std::function<bool(const StepSite&)> has_record;
  std::optional<StockUse> stock = {};  // none: it uses no stock
  // It acts on an external system, which may have to be queried: then it is also run, with `ask_only`, while the saga
  // is compensating. Any other command that has not been carried out by then is refused from then on.
  bool is_external = false;
};

// NAME.reserve, NAME.release and NAME.confirm for one kind of stock: reserved by a step's action, released by its
// compensation, and sold when a later step confirms it.
std::vector<ParticipantCommand> stock_commands(const std::string& name, const StockUse& use);

// Registers a saga in this process, with the commands that it adds. For a composition root, before it starts any node.
// `invalid` for a step that calls a command that no participant has, for a command whose name is taken, and as
// add_definition(): then nothing was added.
Result<void> add_saga(SagaDefinition definition, std::vector<ParticipantCommand> commands = {});

}  // namespace sagactl
