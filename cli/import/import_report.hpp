// The result of an import, as text and as JSON.
#pragma once

#include <string>

#include "cli/import/importer.hpp"
#include "cli/import/nestjs_source.hpp"
#include "cli/invocation.hpp"

namespace sagactl {

struct ImportOutcome {
  NestjsFacts source;
  std::string target;                           // the database, without the password; empty with --dry-run
  bool is_dry_run = false, is_complete = true;  // false: it was interrupted
  bool is_live = false;                         // the other system's nodes may be at work
  ImportReport report;
};

Json import_json(const ImportOutcome& outcome);
void print_import(const Invocation& invocation, const ImportOutcome& outcome);

}  // namespace sagactl
