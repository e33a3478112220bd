// Words that stand for no action of their own: aliases, help and completion, names of programs, session
// types.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {

// clang-format off
inline constexpr std::array kExtras{
    Extra{"help", "[TOPIC]", "explain an action or a topic", Kind::topic},
    Extra{"completion", "bash | zsh | fish", "print the completion script of a shell", Kind::shell},
};
// clang-format on

// clang-format off
inline constexpr std::array kAliases{
    Alias{"ls", model::Action::list, "", "list"},
    Alias{"ps", model::Action::list, "", "list"},
    Alias{"start", model::Action::create, "--reuse --console none",
      "start without a console; nothing to do when it runs"},
    Alias{"open", model::Action::create, "--reuse", "open the console; start the machine first if need be"},
    Alias{"console", model::Action::create, "--reuse", "as open"},
    Alias{"connect", model::Action::create, "--connect", "open the console of a running machine"},
    Alias{"resume", model::Action::create, "--resume --console none", "continue a paused or suspended machine"},
    Alias{"stop", model::Action::cancel, "", "shut down in good order"},
    Alias{"shutdown", model::Action::cancel, "", "as stop"},
    Alias{"kill", model::Action::cancel, "--force", "take the power away at once"},
    Alias{"reboot", model::Action::cancel, "--method reboot", "restart through the guest's own system"},
    Alias{"reset", model::Action::cancel, "--method reset", "restart as the reset button does"},
    Alias{"pause", model::Action::cancel, "--method pause", "halt execution, the state stays in memory"},
    Alias{"suspend", model::Action::cancel, "--method suspend", "save the state to disk and stop"},
    Alias{"attr", model::Action::attribute, "", "attribute"},
    Alias{"extractMAClst", model::Action::macmap, "", "MAC addresses from files of dhcpd: --from dhcpd:FILE for each"},
    Alias{"extractARPlst", model::Action::macmap, "", "MAC addresses of hosts that are asked for them"},
};
// clang-format on

// clang-format off
inline constexpr std::array kCompanions{
    Companion{"plugins", "list the plugins", {}},
    Companion{"attribute", "read and write the attributes of machines", {}},
    Companion{"vhost", "look machines up in the inventory", {}},
    Companion{"vdbgen", "fill the inventory", {}},
    Companion{"macmap", "look up and collect MAC addresses", {}},
    Companion{"extractMAClst", "collect MAC addresses from files of dhcpd", {}},
    Companion{"extractARPlst", "collect MAC addresses of hosts", {}},
    Companion{"groups", "list groups of hosts, and what they stand for", {}},
    Companion{"vping", "check whether hosts answer", {}},
    Companion{"beamer", "run a command behind relays", refusal::kRemote},
    Companion{"distribute", "copy ctys to other hosts", {}},
    Companion{"wakeup", "wake a physical machine", refusal::kMachines},
    Companion{"macros", "list macros", refusal::kTools},
    Companion{"cloneVM", "copy a machine", refusal::kInstall},
    Companion{"createConfVM", "make a machine", refusal::kInstall},
    Companion{"convertVM", "convert a machine", refusal::kTools},
    Companion{"genmconf", "describe a machine", refusal::kTools},
    Companion{"config", "edit the configuration", refusal::kTools},
    Companion{"scripts", "list scripts", refusal::kTools},
    Companion{"dnsutil", "list a DNS zone", refusal::kTools},
    Companion{"smbutil", "list SMB hosts", refusal::kTools},
    Companion{"getNetInfo", "network of this host", refusal::kTools},
    Companion{"setupVDE", "set up virtual switches", refusal::kTools},
    Companion{"xdg", "desktop menus", refusal::kDesktop},
};
// clang-format on

// clang-format off
inline constexpr std::array kTypes{
    TypeWord{"CLI", refusal::kSessions},
    TypeWord{"X11", refusal::kSessions},
    TypeWord{"VNC", refusal::kSessions},
    TypeWord{"RDP", refusal::kSessions},
    TypeWord{"XEN", refusal::kHypervisors},
    TypeWord{"VMW", refusal::kHypervisors},
    TypeWord{"VBOX", refusal::kHypervisors},
    TypeWord{"LXC", refusal::kHypervisors},
    TypeWord{"PM", refusal::kMachines},
};
// clang-format on

}  // namespace ctys::cli
