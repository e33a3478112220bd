// -a CANCEL=SUBOPTION,... of the classic grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/classic_action.hpp"

namespace ctys::cli {
namespace {

using model::Term;

Result<void> set_method(ActionLine& line, model::CancelMethod method) {
  if (line.method && *line.method != method)
    return fail(Exit::usage, "POWEROFF, RESET, REBOOT, INIT, PAUSE and SUSPEND exclude each other", {},
                "choose one of them");
  line.method = method;
  return {};
}

}  // namespace

Result<void> apply_cancel(ActionLine& line, const Suboption& word, const Term& term) {
  using model::CancelMethod;
  auto& cancel = line.draft->request.cancel;
  const auto name = name_of(word);
  switch (word.id) {
    case Sub::all:
      cancel.all = true;
      return {};
    case Sub::stack:
      cancel.force = false;
      return {};
    case Sub::force:
      cancel.force = true;
      return {};
    case Sub::self:
      cancel.self = true;
      return {};
    case Sub::power_off:
      cancel.delay.reset();
      if (term.argument) cancel.delay = TRY(parse_seconds(name, *term.argument));
      return set_method(line, CancelMethod::power_off);
    case Sub::reset:
      return set_method(line, CancelMethod::reset);
    case Sub::reboot:
      return set_method(line, CancelMethod::reboot);
    case Sub::pause:
      return set_method(line, CancelMethod::pause);
    case Sub::suspend:
      return set_method(line, CancelMethod::suspend);
    case Sub::init:
      cancel.level = TRY(parse_number(name, argument_of(term), 6));
      return set_method(line, CancelMethod::init);
    case Sub::timeout:
      cancel.timeout = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::client:
    case Sub::server:
    case Sub::both:
      cancel.part = word.id == Sub::client   ? model::Part::client
                    : word.id == Sub::server ? model::Part::server
                                             : model::Part::both;
      return {};
    default:
      return {};
  }
}

Result<void> finish_cancel(ActionLine& line) {
  auto& request = line.draft->request;
  auto& cancel = request.cancel;
  if (cancel.part == model::Part::client && line.method)
    return fail(Exit::usage, "CLIENT cannot be combined with a power method",
                "clients have no power to switch", "leave out one of them");
  if (line.method) cancel.method = *line.method;
  TRY_VOID(check_self(cancel));
  request.machines = TRY(addresses_of(line));
  for (auto& address : request.machines) {
    address.text = model::to_text(address);
    check_address(*line.draft, address);
  }
  if (cancel.all && !request.machines.empty())
    return fail(Exit::usage, "ALL and a machine address exclude each other", {}, "leave out one of them");
  if (request.machines.empty() && !cancel.all && !line.draft->refused)
    return fail(Exit::usage, "CANCEL has no machine address", {},
                "name the machine, for example: CANCEL=l:web01, or ALL");
  return {};
}

}  // namespace ctys::cli
