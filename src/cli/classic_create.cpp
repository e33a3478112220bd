// -a CREATE=SUBOPTION,... of the classic grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic_action.hpp"

#include <utility>

namespace ctys::cli {
namespace {

using model::Term;

Result<void> set_mode(ActionLine& line, const Suboption& word) {
  using model::CreateMode;
  const auto mode = word.id == Sub::connect     ? CreateMode::connect
                    : word.id == Sub::reuse     ? CreateMode::reuse
                    : word.id == Sub::reconnect ? CreateMode::reconnect
                                                : CreateMode::resume;
  if (line.mode && *line.mode != mode)
    return fail(Exit::usage, "CONNECT, REUSE, RECONNECT and RESUME exclude each other", {},
                "choose one of them");
  line.mode = mode;
  return {};
}

// ON, OFF, tries[%pause].
Result<std::optional<model::Probe>> parse_probe(const Suboption& word, const Term& term) {
  const auto given = model::values(argument_of(term));
  const auto name = name_of(word);
  if (given.size() == 1 && text::equal_ci(given[0], "OFF")) return std::nullopt;
  model::Probe probe;
  if (given.size() == 1 && text::equal_ci(given[0], "ON")) return probe;
  if (given.size() > 2) return bad_value(name, argument_of(term), "there are more than two values");
  constexpr unsigned kMaxTries = 1'000'000;
  probe.tries = TRY(parse_number(name, given[0], kMaxTries));
  if (given.size() == 2) probe.pause = TRY(parse_seconds(name, given[1]));
  return probe;
}

// image[,initrd[,append]], the commas escaped, or with '%' between them.
Result<void> set_kernel(Draft& draft, const Term& term) {
  const auto argument = argument_of(term);
  std::vector<std::string> parts{"KERNEL"};
  if (argument.find(',') == std::string::npos) {
    const auto given = model::values(argument);
    parts.insert(parts.end(), given.begin(), given.end());
  } else {
    const auto first = argument.find(',');
    const auto second = argument.find(',', first + 1);
    parts.push_back(argument.substr(0, first));
    parts.push_back(argument.substr(first + 1, second == std::string::npos ? second : second - first - 1));
    if (second != std::string::npos) parts.push_back(argument.substr(second + 1));
  }
  for (std::size_t i = 1; i < parts.size() && i < 4; ++i)
    if (argument.find(',') != std::string::npos) parts[i] = model::free_text(parts[i]);
  while (parts.size() > 4) {  // blanks of the kernel's command line
    parts[3] += " " + parts[4];
    parts.erase(parts.begin() + 4);
  }
  return set_boot(draft, "KERNEL", parts);
}

// BOOTMODE:KERNEL%image%initrd%append, where the rest is the command line with '%' as blank.
Result<void> set_boot_mode(Draft& draft, const Term& term) {
  auto parts = model::values(argument_of(term));
  while (parts.size() > 4) {
    parts[3] += " " + parts[4];
    parts.erase(parts.begin() + 4);
  }
  return set_boot(draft, "BOOTMODE", parts);
}

// INSTMODE has five parts; the words of the first and the third are fixed.
Result<void> check_install_mode(const Term& term) {
  const auto parts = model::values(argument_of(term));
  if (parts.size() != 5)
    return bad_value("INSTMODE", argument_of(term), "it has five parts",
                     "write INSTMODE:boot%source%target%path%stage");
  constexpr std::string_view kBoot = "CD|DVD|FDD|HDD|USB|VHDD|PXE|KS|CONFIG|DEFAULT";
  if (!parts[0].empty() && !is_one_of(parts[0], kBoot)) return bad_word("INSTMODE", parts[0], kBoot);
  constexpr std::string_view kTarget = "HDD|USB|VHDD|FDD|DEFAULT";
  if (!is_one_of(parts[2], kTarget)) return bad_word("INSTMODE", parts[2], kTarget);
  return {};
}

}  // namespace

Result<void> apply_create(ActionLine& line, const Suboption& word, const Term& term) {
  auto& create = line.draft->request.create;
  const auto name = name_of(word);
  switch (word.id) {
    case Sub::connect:
    case Sub::reuse:
    case Sub::reconnect:
    case Sub::resume:
      return set_mode(line, word);
    case Sub::console:
      return set_console(*line.draft, name, argument_of(term));
    case Sub::boot_mode:
      return set_boot_mode(*line.draft, term);
    case Sub::kernel:
      if (argument_of(term).empty()) return set_boot(*line.draft, name, {"KERNEL"});
      return set_kernel(*line.draft, term);
    case Sub::ping:
      create.ping = TRY(parse_probe(word, term));
      return {};
    case Sub::ssh_ping:
      create.ssh_ping = TRY(parse_probe(word, term));
      return {};
    case Sub::wait_server:
      create.wait_server = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::wait_client:
      create.wait_client = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::install_mode:
      return check_install_mode(term);
    default:
      return {};
  }
}

Result<void> finish_create(ActionLine& line) {
  auto& request = line.draft->request;
  if (line.mode) request.create.mode = *line.mode;
  model::Address address;
  for (const auto& [key, term] : line.keys) TRY_VOID(model::add_to_address(address, *key, *term));
  address.text = model::to_text(address);
  check_address(*line.draft, address);
  if (address.keys.empty() && !line.draft->refused)
    return fail(Exit::usage, "CREATE has no machine address", {},
                "name the machine, for example: CREATE=l:web01");
  request.machines = {std::move(address)};
  return {};
}

}  // namespace ctys::cli
