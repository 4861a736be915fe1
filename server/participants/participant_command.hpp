// What a participant offers to sagas: commands, by the names that steps call them by (`action` and `compensation` of
// server/saga/definition.hpp). A new saga brings its own beside those that are there; docs/writing-a-saga.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/participants/perform.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// Where a command does its work, and all that it may know.
struct StepSite {
  Flow& flow;
  StockOverlay& stocks;
  const StepCall& call;
  const Policy& policy;
  const Moment& moment;
  bool ask_only = false;  // the saga goes back: find out whether it was done, and do not do it

  // Ids of one decision differ by `which`.
  Uuid fresh_id(std::uint64_t which) const;
};

// What a command takes of one kind of stock for an order. A saga has one command at most that reserves of a kind.
struct StockUse {
  StockKind kind = StockKind::product;
  std::vector<ReservationLine> (*lines)(const Order& order) = nullptr;
};

struct ParticipantCommand {
  std::string name;  // "points.reserve"
  // Does it, or undoes it, on the flow and the stock. Pure: the same site gives the same answer. It is called behind a
  // barrier, so once for each execution and direction.
  std::function<StepResult(const StepSite&)> run;
  // Whether the participant knows anything of this step and execution. A compensation of what has not begun does nothing,
  // and keeps the action from being done later.
  std::function<bool(const StepSite&)> begun;
  std::optional<StockUse> stock = {};  // none: it touches no stock
  // What it does happens at somebody else's, who may have to be asked about it: then it is run also when the saga goes
  // back, with `ask_only`. Any other command that has not been done by then is refused from there on.
  bool is_outside = false;
};

// NAME.reserve, NAME.release and NAME.confirm, for what is held as stock: taken when the step is done, given back when
// it is undone, used up when a later step confirms it.
std::vector<ParticipantCommand> stock_commands(const std::string& name, const StockUse& use);

// Makes a saga known to this process, with the commands that it brings. For a composition root, before it starts any
// node. `invalid` for a step that calls a command that nobody has, for a command of a name that is taken, and as
// add_definition(): then nothing was added.
Result<void> add_saga(SagaDefinition definition, std::vector<ParticipantCommand> commands = {});

}  // namespace sagactl
