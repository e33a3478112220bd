// The options of vdbgen.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/inventory_options.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

constexpr std::string_view kOwnCache = "the inventory as a source of itself: a scan asks the hypervisors";

std::string name_of(const GivenOption& given) {
  return name_of(*given.option);
}

// Words in `refused` are known, and belong to what is not there yet.
Result<void> check_list(Draft& draft, const GivenOption& given, std::string_view good,
                        std::string_view refused, std::string_view sentence) {
  const std::string option{'-', given.option->letter};
  for (const auto& value : given.values)
    for (const auto word : text::split(value, ',')) {
      const auto key = word.substr(0, word.find(':'));
      if (is_one_of(key, good)) continue;
      if (!is_one_of(key, refused))
        return bad_word(option, word, std::string(good).append("|").append(refused));
      draft.refuse(std::string(option).append(" ").append(value), sentence);
    }
  return {};
}

Result<void> set_threads(Draft& draft, std::string_view name, std::string_view value) {
  constexpr unsigned kMost = 1000;
  const auto count = TRY(parse_number(name, value, kMost));
  if (count == 0) return bad_value(name, value, "nobody would ask", "write 1 or more");
  draft.request.vdbgen.at_once = count;
  return {};
}

Result<void> set_directory(Draft& draft, const GivenOption& given) {
  const auto& value = given.values.back();
  if (value.empty() || text::printable(value) != value)
    return bad_value(name_of(given), value, "the path is empty, or holds control characters");
  draft.request.vdbgen.directory = value;
  return {};
}

}  // namespace

Result<void> set_debug_level(Draft& draft, const GivenOption& given) {
  constexpr unsigned kMost = 1U << 20U;
  constexpr unsigned kEverything = 3;
  const auto level = TRY(parse_number("-d", given.values.back(), kMost));
  draft.request.verbosity = std::min(level + 1, kEverything);
  return {};
}

Result<void> apply_vdbgen(Draft& draft, const GivenOption& given) {
  auto& vdbgen = draft.request.vdbgen;
  switch (given.option->id) {
    case Opt::append:
      vdbgen.append = true;
      return {};
    case Opt::replace:
      vdbgen.replace = true;
      return {};
    case Opt::cache_db:
      return set_directory(draft, given);
    case Opt::stdio:
      vdbgen.to_stdout = true;
      return {};
    case Opt::threads:
      return set_threads(draft, name_of(given), given.values.back());
    case Opt::no_splitted:
      vdbgen.at_once = 0;
      return {};
    case Opt::keep_files:
      vdbgen.keep_files = true;
      return {};
    case Opt::progress:
      vdbgen.progress = std::max(vdbgen.progress, 1U);
      return {};
    case Opt::progress_all:
      vdbgen.progress = 2;
      return {};
    case Opt::schedule:
      return set_schedule(draft, "-b", given.values.back(), "|stack");
    case Opt::cache:
      return check_list(draft, given, "OFF", "BOTH|LOCAL|REMOTE|ON|ONLY", kOwnCache);
    case Opt::data_cache:
      return check_list(draft, given, "OFF|0", "ON|1|KEEP|KEEPALL|ONLY|RAW|FIN|FOUT|LIFETIME|AUTO",
                        refusal::kDataCache);
    case Opt::diagnostics:
      return set_debug_level(draft, given);
    default:
      return {};
  }
}

Result<void> finish_vdbgen(Draft& draft, const ModernLine& line) {
  auto& request = draft.request;
  const auto exclude = [&](Opt a, Opt b) -> Result<void> {
    const auto* one = find(line.options, a);
    const auto* other = find(line.options, b);
    if (one == nullptr || other == nullptr) return {};
    return fail(Exit::usage, "'" + name_of(*one) + "' and '" + name_of(*other) + "' exclude each other", {},
                "choose one of them");
  };
  TRY_VOID(exclude(Opt::append, Opt::replace));
  TRY_VOID(exclude(Opt::splitted, Opt::no_splitted));
  TRY_VOID(exclude(Opt::threads, Opt::no_splitted));
  TRY_VOID(exclude(Opt::stdio, Opt::plan));
  TRY_VOID(exclude(Opt::stdio, Opt::json));
  TRY_VOID(exclude(Opt::stdio, Opt::format));
  if (const auto* load = find(line.options, Opt::load_type); load != nullptr && request.types.empty())
    for (const auto& value : load->values) TRY_VOID(add_types(draft, "-T", value));
  constexpr const char* kAtOnce = "CTYS_VDBGEN_PARTARGETS";
  const auto at_once = paths::environment(kAtOnce);
  if (at_once && !request.vdbgen.at_once) TRY_VOID(set_threads(draft, kAtOnce, *at_once));
  if (find(line.options, Opt::scan_all_states) != nullptr)
    request.enumerate.states = {"ALL"};
  else
    request.enumerate.states = {"ACTIVE", "DISABLED", "EMPTY"};
  return {};
}

}  // namespace ctys::cli
