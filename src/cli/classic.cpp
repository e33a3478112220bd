// The classic grammar from the first option to the finished request.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/classic.hpp"

#include "base/text.hpp"
#include "cli/shares.hpp"

#include <utility>

namespace ctys::cli {
namespace {

// What holds unless the line says otherwise.
void apply_defaults(ClassicLine& line) {
  auto& request = line.draft.request;
  using model::Action;
  const bool named = !request.scope.users.empty() || !request.scope.groups.empty();
  if (!line.scope && !named)
    request.scope.all = request.action != Action::create && request.action != Action::cancel;
  if (line.terse && request.output.format == model::Format::automatic)
    request.output.format = model::Format::terse;
  auto& create = request.create;
  if (request.server_only) create.console = model::Console::none;
  if (create.console == model::Console::none) request.server_only = true;
}

Result<void> finish(ClassicLine& line) {
  if (!line.action)
    return line.draft.refused ? tl::unexpected<Error>(*line.draft.refused)
                              : fail(Exit::usage, "no action was given", "there is no -a",
                                     "add -a ACTION, or write: ctys ACTION ADDRESS");
  if (line.scope) TRY_VOID(read_scope(line.draft, *line.scope));
  TRY_VOID(read_action(line.draft, *line.action));  // its USER is nearer than -s
  apply_defaults(line);
  return {};
}

}  // namespace

Result<Command> parse_classic(std::span<const std::string> argv) {
  ClassicLine line;
  const auto targets = TRY(read_options(line, argv));
  if (line.help) return HelpWanted{*line.help};
  if (line.version > 0) return VersionWanted{line.version > 1, line.terse};
  std::vector<Share> shares;
  for (auto& part : TRY(read_targets(line, argv.subspan(targets)))) {
    TRY_VOID(finish(part));
    shares.push_back({std::move(part.draft), part.action != line.action});
  }
  return requests_of(std::move(shares));
}

}  // namespace ctys::cli
