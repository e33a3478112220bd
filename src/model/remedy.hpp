// Remedies that name the host.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ctys::model {

// A remedy with the host's name in place of the word HOST: for --on as it is, for ssh with its port as an
// option, and with the user that stands before the word. Without a name it stays as it is, which is what many
// hosts have in common.
[[nodiscard]] std::string with_host(std::string_view fix, std::string_view host);

// The same remedy for who logs in there as `user`: USER@HOST where ssh reads the word. Without one it stays.
[[nodiscard]] std::string with_user(std::string_view fix, std::string_view user);

// The same for several: only where ctys reads the word, as a set; ssh goes to one host at a time.
[[nodiscard]] std::string with_hosts(std::string_view fix, std::string_view set);

// What is left of the word HOST then is explained behind the remedy: "ssh HOST true (HOST: lab01, lab02)".
// Where it is explained already, or is not there, nothing is added.
[[nodiscard]] std::string with_each_host(std::string_view fix, std::string_view hosts);

// [USER@]HOST[:PORT] as ssh reads it: "-p 2222 root@lab01".
[[nodiscard]] std::string words_for_ssh(std::string_view host);

// A remedy whose commands on machines say where: " --on lab01" behind the action of each `ctys ACTION` that
// has no --on itself. Nothing else of the text is changed, whoever wrote it.
[[nodiscard]] std::string with_place(std::string_view fix, std::string_view place);

}  // namespace ctys::model
