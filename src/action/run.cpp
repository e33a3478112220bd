// Does what a Request asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/run.hpp"

#include "action/actions.hpp"
#include "base/log.hpp"
#include "ui/terminal.hpp"

#include <algorithm>

namespace ctys::action {

Exit run(const model::Request& request) {
  constexpr auto kAll = static_cast<unsigned>(log::Severity::debug);
  if (request.verbosity) log::set_level(static_cast<log::Severity>(std::min(*request.verbosity, kAll)));
  if (request.color) ui::insist_on_color();
  switch (request.action) {
    case model::Action::list:
      return list(request);
    case model::Action::enumerate:
      return enumerate(request);
    case model::Action::is_active:
      return is_active(request);
    case model::Action::client_port:
      return client_port(request);
    case model::Action::info:
      return info(request);
    case model::Action::show:
      return show(request);
    case model::Action::plugins:
      return plugins(request);
    case model::Action::create:
      return create(request);
    case model::Action::cancel:
      return cancel(request);
    case model::Action::attribute:
      return attribute(request);
    case model::Action::vhost:
    case model::Action::find:
      return vhost(request);
    case model::Action::vdbgen:
      return vdbgen(request);
    case model::Action::macmap:
      return macmap(request);
    case model::Action::groups:
      return groups(request);
    case model::Action::doctor:
      return doctor(request);
    case model::Action::import:
      return import(request);
    case model::Action::distribute:
      return distribute(request);
    case model::Action::vping:
      return vping(request);
    case model::Action::jobs:
      return jobs(request);
    case model::Action::persist:
      return persist(request);
  }
  return Exit::defect;
}

}  // namespace ctys::action
